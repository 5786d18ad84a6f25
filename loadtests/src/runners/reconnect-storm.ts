import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { ChatServers } from '../chat/chat-servers.js';
import { ReturningSocket } from '../chat/returning-socket.js';
import { sum } from '../measures/window.js';
import { lostRun } from '../plan/lost-run.js';
import type { Run } from '../results/results.js';
import { within } from '../systems/within.js';
import { defineRunner, type RunnerTask } from './runner.js';

const MEMBERS_OF_ROOM = 100;
const COME_MS = 120_000;
/** A socket that is not back this soon after the kill is late. */
const LATE_MS = 10_000;
const IDLE_MS = 2_000;

const options = z.strictObject({
  fault: z.literal('kill'),
  sockets: z.int().min(20).max(20_000).default(5_000),
  /** Whether the sockets are members of rooms, and recover. */
  rooms: z.boolean().default(false),
  /** Chat servers. All sockets are on the first: a single one starts again, with several the others take the sockets. */
  servers: z.int().min(1).max(12).default(1),
});
type StormOptions = z.infer<typeof options>;

export default defineRunner<StormOptions>({
  id: 'reconnect-storm',
  title: 'a chat server with thousands of sockets, each of a session of its own, is killed, and all of them come back',
  options,
  names: {
    socketsLate: `sockets that were not back ${LATE_MS / 1000} s after the kill, of sockets`,
    socketsTold: 'sockets that were told of a possible hole when they came back, of sockets',
    readsTooMany: 'reads of a session beyond one for each upgrade, of upgrades',
    backMs: 'from the kill until the last socket is back',
    backMsAfterListening: 'from when there is a server to come back to until the last socket is back',
    hgetallPerSocket: 'commands that read a session, for each socket',
    commandsPerSocket: 'commands to Redis for each socket, without those that servers send when idle',
  },
  run: async (task, onStart) => [entryOf(task, await storm(task.options, onStart))],
});

type Counts = Pick<Run, 'counted' | 'estimated'>;

async function storm(
  { sockets: count, rooms, servers }: StormOptions,
  onStart: (stop: () => void | Promise<void>) => void,
): Promise<Counts> {
  const chat = await ChatServers.start({ kind: 'chat', count: servers, users: count }, onStart);
  const roomOf = (n: number) => (rooms ? `room-${n % Math.ceil(count / MEMBERS_OF_ROOM)}` : undefined);
  const sockets = chat.cookies.map((cookie, n) => new ReturningSocket({ urls: chat.urls, cookie, room: roomOf(n) }));
  try {
    const haveComeBack = (times: number) => () => sockets.every(({ arrivals }) => arrivals.length >= times);
    if (!(await within(COME_MS, haveComeBack(1)))) throw new Error('not all sockets were opened before the kill');
    // The last presence frames have been sent by then.
    await delay(1_000);
    const refusedBefore = sum(sockets, ({ refusals }) => refusals);
    const [first] = chat.servers;
    const before = await callsOf(chat.redis);
    const killedAt = performance.now();
    await first?.kill();
    if (servers === 1) await first?.start();
    const listeningAt = performance.now();
    await within(COME_MS, haveComeBack(2));
    const during = difference(before, await callsOf(chat.redis));
    const backAt = sockets.map(({ arrivals }) => arrivals[1] ?? Number.POSITIVE_INFINITY);
    const lastAt = Math.min(Math.max(...backAt), performance.now());
    const idleBefore = await callsOf(chat.redis);
    await delay(IDLE_MS);
    const idle = difference(idleBefore, await callsOf(chat.redis));
    const idleShare = (lastAt - killedAt) / IDLE_MS;
    const callsFor = (name: string) => Math.max(0, (during[name] ?? 0) - (idle[name] ?? 0) * idleShare);
    const upgrades = count + sum(sockets, ({ refusals }) => refusals) - refusedBefore;
    return {
      counted: {
        socketsLate: { hit: backAt.filter((at) => at - killedAt > LATE_MS).length, of: count },
        socketsTold: { hit: sockets.filter(({ told }) => told > 0).length, of: count },
        readsTooMany: { hit: Math.max(0, Math.round(callsFor('hgetall')) - upgrades), of: upgrades },
      },
      estimated: {
        backMs: Math.round(lastAt - killedAt),
        backMsAfterListening: Math.round(lastAt - listeningAt),
        hgetallPerSocket: callsFor('hgetall') / count,
        commandsPerSocket: sum(Object.keys(during), callsFor) / count,
      },
    };
  } finally {
    for (const socket of sockets) socket.end();
    await chat.stop();
  }
}

/** Calls by command so far; the inner commands of a script are its own. */
async function callsOf(redis: Redis): Promise<Record<string, number>> {
  const text = await redis.info('commandstats');
  const calls = [...text.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)].map(([, name, count]) => [name, Number(count)]);
  return Object.fromEntries(calls);
}

function difference(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([name, calls]) => [name, calls - (before[name] ?? 0)]));
}

function entryOf(task: RunnerTask<StormOptions>, counts: Counts): Run {
  const { sockets: users, fault } = task.options;
  const arm = { name: task.arm, scenario: 'reconnect-storm', engine: 'none', options: {} };
  return {
    ...{ ...lostRun({ ...task, arm }, ''), ...counts, fault, users, finishedUsers: users, loggedIn: users },
    ...{ valid: true, invalidBecause: null, recoveryMs: counts.estimated.backMs ?? null },
    disturbances: [{ id: fault, target: 'the chat server of all sockets', atSeconds: 0 }],
  };
}
