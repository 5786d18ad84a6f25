import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { ChatServers } from '../chat/chat-servers.js';
import { NumberedMember, numbered, numbersIn } from '../chat/numbered-messages.js';
import { lostRun } from '../plan/lost-run.js';
import type { Counted, Run } from '../results/results.js';
import { CuttableWay } from '../systems/cuttable-way.js';
import { startOwnRedis } from '../systems/own-redis.js';
import { Started } from '../systems/started.js';
import { within } from '../systems/within.js';
import { defineRunner, type RunnerTask } from './runner.js';

const ROOM = 'the-room';
const OTHERS = 9;
const MESSAGES = 200;
const PAUSE_MS = 40;
const CUT_FROM = 50;
/** How long the last message may take: a server looks for messages that pub/sub lost every 10 s. */
const ARRIVE_MS = 15_000;

const options = z.strictObject({
  by: z.enum(['publish-subscribe', 'chat']),
  cutMs: z.int().min(1).max(5_000).default(2_000),
});
type CutOptions = z.infer<typeof options>;
type Missing = Readonly<Record<string, Counted>>;

export default defineRunner<CutOptions>({
  id: 'cut-subscriber',
  title: 'messages are published while the connection of their subscriber to Redis is cut and comes back',
  options,
  names: {
    deliveriesMissing:
      'messages that Redis took, or chat acknowledged, and a reader was never given (all, ownSocket: at the other socket of the user who said them), of deliveries due',
  },
  async run(task, onStart) {
    const started = new Started();
    onStart(() => started.stop());
    try {
      const run = task.options.by === 'chat' ? chatWhileCut : publishWhileCut;
      return [entryOf(task, await run(task.options.cutMs, started))];
    } finally {
      await started.stop();
    }
  },
});

/** PUBLISH and SUBSCRIBE as they are, with a client that subscribes again by itself. */
async function publishWhileCut(cutMs: number, started: Started): Promise<Missing> {
  const { url } = started.add(await startOwnRedis());
  const way = started.add(await CuttableWay.to(url));
  const publisher = started.add(connected(url));
  const subscriber = started.add(connected(way.url));
  const given = new Set<number>();
  subscriber.redis.on('message', (_, text: string) => {
    for (const n of numbersIn(text)) given.add(n);
  });
  await subscriber.redis.subscribe(ROOM);
  const taken = new Set<number>();
  await sendAll(way, cutMs, async (n) => {
    await publisher.redis.publish(ROOM, numbered(n));
    taken.add(n);
  });
  await within(ARRIVE_MS, () => given.has(MESSAGES));
  return { deliveriesMissing: missingOf(taken, [given]) };
}

/** The same through chat: who speaks is on a server that is not cut off, who listens is on one that is. */
async function chatWhileCut(cutMs: number, started: Started): Promise<Missing> {
  let way: CuttableWay | undefined;
  const waysToRedis = async (url: string) => {
    way = started.add(await CuttableWay.to(url));
    return [url, way.url];
  };
  const options = { kind: 'chat', count: 2, users: OTHERS + 1, waysToRedis } as const;
  const chat = await ChatServers.start(options, (stop) => started.add({ stop }));
  const [near = '', cutOff = ''] = chat.urls;
  const join = async (url: string, n: number) =>
    started.add(await NumberedMember.join(url, chat.cookies[n] ?? '', ROOM));
  const speaker = await join(near, 0);
  const ownSocket = await join(cutOff, 0);
  const others = await Promise.all(Array.from({ length: OTHERS }, (_, n) => join(cutOff, n + 1)));
  if (way === undefined) throw new Error('there is no way to Redis that could be cut');
  await sendAll(way, cutMs, async (n) => speaker.say(n));
  const listeners = [ownSocket, ...others];
  const all = () => [...speaker.acknowledged];
  await within(ARRIVE_MS, () => all().length === MESSAGES && listeners.every(({ given }) => given.size === MESSAGES));
  const missing = (some: readonly NumberedMember[]) =>
    missingOf(
      speaker.acknowledged,
      some.map(({ given }) => given),
    );
  return { deliveriesMissing: missing(listeners), 'deliveriesMissing.ownSocket': missing([ownSocket]) };
}

/** One message after the other; the way is cut for a time in between. */
async function sendAll(way: CuttableWay, cutMs: number, send: (n: number) => Promise<void>): Promise<void> {
  let mended: Promise<void> | undefined;
  for (let n = 1; n <= MESSAGES; n++) {
    if (n === CUT_FROM) mended = way.cutFor(cutMs);
    await send(n);
    await delay(PAUSE_MS);
  }
  await mended;
}

function missingOf(promised: ReadonlySet<number>, readers: readonly ReadonlySet<number>[]): Counted {
  const lacking = readers.map((given) => [...promised].filter((n) => !given.has(n)).length);
  return { hit: lacking.reduce((sum, one) => sum + one, 0), of: promised.size * readers.length };
}

function connected(url: string) {
  const redis = new Redis(url);
  // It says so each time that it cannot connect.
  redis.on('error', () => undefined);
  return { redis, stop: () => redis.disconnect() };
}

function entryOf(task: RunnerTask<CutOptions>, counted: Missing): Run {
  const arm = { name: task.arm, scenario: 'cut-subscriber', engine: 'none', options: {} };
  return { ...lostRun({ ...task, arm }, ''), valid: true, invalidBecause: null, users: OTHERS + 1, counted };
}
