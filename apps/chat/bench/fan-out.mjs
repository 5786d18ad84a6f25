import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startRedis } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { startInstances } from './processes.mjs';
import { secret, signIn } from './sign-in.mjs';

const fewestSockets = 1_000;
/** A load is a rate of deliveries a second, or a number of deliveries that are always under way. */
const loads = { calm: { perSecond: 10_000 }, full: { underWay: 10_000 } };

/** Measures Socket.IO and chat with the same rooms and loads: the servers' processor time for a delivery, and its latency. */
export async function fanOut(/** @type {{ quick: boolean }} */ { quick }) {
  const rows = [];
  for (const load of /** @type {const} */ (['calm', 'full'])) {
    for (const members of quick ? [10, 1_000] : [10, 100, 1_000, 5_000]) {
      const theirs = await measure('socket.io', load, members, quick ? 4 : 10);
      const ours = await measure('ours', load, members, quick ? 4 : 10);
      rows.push(
        { ...theirs, ratio: 1 },
        { ...ours, ratio: round(ours.deliveredPerCpuSecond / theirs.deliveredPerCpuSecond) },
      );
      console.table(rows.slice(-2));
    }
  }
  return rows;
}

/** @param {'ours' | 'socket.io'} kind @param {keyof typeof loads} load @param {number} members @param {number} seconds */
async function measure(kind, load, members, seconds) {
  const server = await startRedis();
  const redis = new Redis(server.url);
  const cookies = await signIn(redis, 100);
  const instances = await startInstances(kind === 'ours' ? '../dist/main.js' : './socket-io-server.mjs', {
    REDIS_URL: server.url,
    SESSION_SECRETS: secret,
    SESSION_STORE: 'cached',
    CHAT_MESSAGES_PER_MINUTE: '1000000',
    // A hundred users share all sockets.
    CHAT_SOCKETS_PER_USER: '1000',
    LOG_LEVEL: 'error',
  });
  const clients = fork(fileURLToPath(new URL('clients.mjs', import.meta.url)));
  const ask = async (/** @type {string} */ what, plan = {}) => {
    clients.send({ ask: what, plan });
    return (await once(clients, 'message'))[0];
  };
  try {
    const roomCount = Math.max(1, Math.floor(fewestSockets / members));
    const rate = Object.fromEntries(
      Object.entries(loads[load]).map(([what, deliveries]) => [what, Math.max(2, deliveries / members)]),
    );
    await ask('connect', { kind, urls: instances.urls, cookies, roomCount, members });
    // The first messages warm up the compiler, and the last presence frames have been sent by then.
    await ask('talk', { kind, ...rate, seconds: 3 });
    await delay(500);
    await ask('count');
    const before = instances.cpuMs();
    const { said } = await ask('talk', { kind, ...rate, seconds });
    await delay(1_000);
    const cpuSeconds = (instances.cpuMs() - before) / 1_000;
    const { delivered, p50Ms, p99Ms } = await ask('tell');
    return {
      load,
      members,
      rooms: roomCount,
      kind,
      expected: said * members,
      delivered,
      deliveredPerSecond: Math.round(delivered / seconds),
      cpuSeconds: round(cpuSeconds),
      deliveredPerCpuSecond: Math.round(delivered / cpuSeconds),
      p50Ms: round(p50Ms),
      p99Ms: round(p99Ms),
    };
  } finally {
    clients.kill();
    await instances.stop();
    redis.disconnect();
    await server.stop();
  }
}

const round = (/** @type {number} */ value) => Math.round(value * 100) / 100;
