import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { ChatServers } from '../chat/chat-servers.js';
import { NumberedMember, numbered, numbersIn } from '../chat/numbered-messages.js';
import { sum } from '../measures/window.js';
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
const CUT_MS = 2_000;
/** How long the last message may take: a server looks for messages that pub/sub lost every 10 s. */
const ARRIVE_MS = 15_000;

const options = z.strictObject({ by: z.enum(['publish-subscribe', 'chat']) });
type CutOptions = z.infer<typeof options>;
type Missing = Readonly<Record<string, Counted>>;
type Numbers = ReadonlySet<number>;

export default defineRunner<CutOptions>({
  id: 'cut-subscriber',
  title: 'messages are published while the connection of their subscriber to Redis is cut and comes back',
  options,
  names: {
    deliveriesMissing:
      'messages that Redis took, or chat acknowledged, and a reader was never given (all; whileCut: what was said meanwhile; ownSocket: at the other socket of the user who said them), of deliveries due',
  },
  async run(task, onStart) {
    const started = new Started();
    onStart(() => started.stop());
    try {
      const run = task.options.by === 'chat' ? chatWhileCut : publishWhileCut;
      return [entryOf(task, await run(started))];
    } finally {
      await started.stop();
    }
  },
});

/** PUBLISH and SUBSCRIBE as they are, with a client that subscribes again by itself. */
async function publishWhileCut(started: Started): Promise<Missing> {
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
  const send = async (n: number) => {
    await publisher.redis.publish(ROOM, numbered(n));
    taken.add(n);
  };
  const whileCut = await sendAll(way, send, [given]);
  await within(ARRIVE_MS, () => given.has(MESSAGES));
  return missing(taken, whileCut, [given]);
}

/** The same through chat: who speaks is on a server that is not cut off, who listens is on one that is. */
async function chatWhileCut(started: Started): Promise<Missing> {
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
  const readers = [ownSocket, ...others].map(({ given }) => given);
  const whileCut = await sendAll(way, async (n) => speaker.say(n), readers);
  const { acknowledged } = speaker;
  await within(ARRIVE_MS, () => acknowledged.size === MESSAGES && readers.every(({ size }) => size === MESSAGES));
  if (acknowledged.size < MESSAGES) throw new Error(`chat acknowledged ${acknowledged.size} of ${MESSAGES} messages`);
  return {
    ...missing(acknowledged, whileCut, readers),
    'deliveriesMissing.ownSocket': missingOf(acknowledged, [ownSocket.given]),
  };
}

/**
 * Sends one message after the other, and cuts the way for a time in between. Resolves with what was sent meanwhile; rejects when any of
 * it arrived before the way was mended, since nobody was cut off then.
 */
async function sendAll(
  way: CuttableWay,
  send: (n: number) => Promise<void>,
  readers: readonly Numbers[],
): Promise<Numbers> {
  const whileCut = new Set<number>();
  let cutAtMs: number | undefined;
  for (let n = 1; n <= MESSAGES; n++) {
    if (n === CUT_FROM) {
      await way.cut();
      cutAtMs = performance.now();
    }
    if (cutAtMs !== undefined && performance.now() - cutAtMs > CUT_MS) {
      if (readers.some((given) => [...whileCut].some((sent) => given.has(sent))))
        throw new Error('messages arrived over the way that was cut');
      await way.mend();
      cutAtMs = undefined;
    }
    if (cutAtMs !== undefined) whileCut.add(n);
    await send(n);
    await delay(PAUSE_MS);
  }
  return whileCut;
}

function missing(promised: Numbers, whileCut: Numbers, readers: readonly Numbers[]): Missing {
  const meanwhile = new Set([...promised].filter((n) => whileCut.has(n)));
  return {
    deliveriesMissing: missingOf(promised, readers),
    'deliveriesMissing.whileCut': missingOf(meanwhile, readers),
  };
}

function missingOf(promised: Numbers, readers: readonly Numbers[]): Counted {
  const hit = sum(readers, (given) => [...promised].filter((n) => !given.has(n)).length);
  return { hit, of: promised.size * readers.length };
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
