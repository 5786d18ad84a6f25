import { setTimeout as delay } from 'node:timers/promises';
import { startRedis, waitFor } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { commandCounts, difference } from './command-counts.mjs';
import { Member } from './member.mjs';
import { startInstances } from './processes.mjs';
import { secret, signIn } from './sign-in.mjs';

const membersPerRoom = 100;
const patienceMs = 120_000;

/**
 * All sockets of an instance lose it at once and reconnect, each with a session of its own. In the first row they join no room, so
 * the Redis commands are those of authentication; in the second they are members and recover.
 */
export async function storm(/** @type {{ quick: boolean }} */ { quick }) {
  const count = quick ? 500 : 5_000;
  const server = await startRedis();
  const redis = new Redis(server.url);
  const cookies = await signIn(redis, count);
  const instances = await startInstances('../dist/main.js', {
    REDIS_URL: server.url,
    SESSION_SECRETS: secret,
    SESSION_STORE: 'cached',
    LOG_LEVEL: 'error',
  });
  const urls = instances.urls.slice(0, 1);
  try {
    const bare = cookies.map((cookie) => new Member({ urls, cookie, first: 0 }));
    await waitFor(() => bare.every(({ isThere }) => isThere), { timeoutMs: patienceMs });
    const authenticating = await restart(instances, bare, redis);
    for (const member of bare) member.end();

    const joined = cookies.map(
      (cookie, n) => new Member({ urls, cookie, first: 0, room: `room-${n % Math.ceil(count / membersPerRoom)}` }),
    );
    await waitFor(() => joined.every(({ isThere }) => isThere), { timeoutMs: patienceMs });
    const recovering = await restart(instances, joined, redis);
    for (const member of joined) member.end();
    return [
      { sockets: count, come: 'back', ...authenticating },
      { sockets: count, come: 'back and recover', ...recovering },
    ];
  } finally {
    await instances.stop();
    redis.disconnect();
    await server.stop();
  }
}

/** @param {Awaited<ReturnType<typeof startInstances>>} instances @param {Member[]} members @param {Redis} redis */
async function restart(instances, members, redis) {
  await delay(1_000);
  const killedAt = performance.now();
  await instances.kill(0);
  await instances.restart(0);
  const listeningAt = performance.now();
  const before = await commandCounts(redis);
  await waitFor(() => members.every(({ isThere }) => isThere), { timeoutMs: patienceMs });
  const backAt = performance.now();
  const during = difference(before, await commandCounts(redis));
  // The commands that idle instances send to Redis are subtracted.
  const idleBefore = await commandCounts(redis);
  await delay(2_000);
  const idle = difference(idleBefore, await commandCounts(redis));
  const scale = (backAt - listeningAt) / 2_000;
  const callsPerSocket = (/** @type {string} */ name) =>
    ((during[name] ?? 0) - (idle[name] ?? 0) * scale) / members.length;
  const perSocket = Object.keys(during)
    .map((name) => /** @type {const} */ ([name, callsPerSocket(name)]))
    .filter(([, calls]) => calls >= 0.05);
  return {
    backMsAfterKill: Math.round(backAt - killedAt),
    backMsAfterListening: Math.round(backAt - listeningAt),
    hgetallPerSocket: round(callsPerSocket('hgetall')),
    commandsPerSocket: round(perSocket.reduce((sum, [, calls]) => sum + calls, 0)),
    commands: perSocket.map(([name, calls]) => `${name} ${calls.toFixed(2)}`).join(', '),
  };
}

const round = (/** @type {number} */ value) => Math.round(value * 100) / 100;
