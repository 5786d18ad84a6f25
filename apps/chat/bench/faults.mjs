import { setTimeout as delay } from 'node:timers/promises';
import { startRedis, waitFor } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { byRoom, compare, talk, totals } from './ledgers.mjs';
import { Member } from './member.mjs';
import { startInstances } from './processes.mjs';
import { secret, signIn } from './sign-in.mjs';

const membersPerRoom = 50;
const sendersPerRoom = 2;
const sayEveryMs = 500;
const patienceMs = 60_000;

/**
 * Under traffic, one of three instances is killed, and later Redis is killed and started again. Then each member's
 * ledger is compared with the messages that were acknowledged to the senders.
 */
export async function faults(/** @type {{ quick: boolean }} */ { quick }) {
  // The number of rooms is not a multiple of three, or all members of a room would be on one instance.
  const count = quick ? 350 : 1_000;
  const phaseMs = quick ? 3_000 : 8_000;
  const server = await startRedis();
  const redis = new Redis(server.url);
  redis.on('error', () => undefined);
  const cookies = await signIn(redis, count);
  const instances = await startInstances('../dist/main.js', {
    REDIS_URL: server.url,
    SESSION_SECRETS: secret,
    SESSION_STORE: 'cached',
    CHAT_MESSAGES_PER_MINUTE: '10000',
    LOG_LEVEL: 'fatal',
  });
  const roomCount = Math.ceil(count / membersPerRoom);
  const members = cookies.map(
    (cookie, n) => new Member({ urls: instances.urls, cookie, first: n, room: `room-${n % roomCount}` }),
  );
  try {
    await waitFor(() => members.every(({ isThere }) => isThere), { timeoutMs: patienceMs });
    const traffic = { isOn: true };
    const said = members.slice(0, roomCount * sendersPerRoom).map((member, n) => talk(member, n, sayEveryMs, traffic));

    await delay(phaseMs);
    // Members were spread evenly, the first on the first instance.
    const cutOff = Math.ceil(count / 3);
    await instances.kill(0);
    const killedAt = performance.now();
    const haveComeBack = () => totals(members).recovered + totals(members).holes >= cutOff;
    await waitFor(haveComeBack, { timeoutMs: patienceMs });
    const backMs = Math.round(performance.now() - killedAt);
    const afterKill = totals(members);
    await delay(phaseMs);
    await server.kill();
    await server.restart();
    await delay(phaseMs);
    traffic.isOn = false;
    const acknowledged = byRoom(await Promise.all(said));
    const isComplete = (/** @type {Member} */ member) => compare(member, acknowledged).lost === 0;
    await waitFor(() => members.every(isComplete), { timeoutMs: patienceMs / 2 }).catch(() => undefined);

    const counts = members.map((member) => compare(member, acknowledged));
    const sum = (/** @type {'lost' | 'duplicated' | 'reordered' | 'silentHoles'} */ what) =>
      counts.reduce((total, each) => total + each[what], 0);
    return {
      sockets: count,
      acknowledged: [...acknowledged.values()].flat().length,
      inLedgers: members.reduce((total, { ledger }) => total + ledger.length, 0),
      lost: sum('lost'),
      duplicated: sum('duplicated'),
      reordered: sum('reordered'),
      silentHoles: sum('silentHoles'),
      cutOff,
      allBackMs: backMs,
      recoveredAfterKill: afterKill.recovered,
      toldOfHolesAfterKill: afterKill.holes,
      recoveredInAll: totals(members).recovered,
      toldOfHolesInAll: totals(members).holes,
    };
  } finally {
    for (const member of members) member.end();
    await instances.stop();
    redis.disconnect();
    await server.stop();
  }
}
