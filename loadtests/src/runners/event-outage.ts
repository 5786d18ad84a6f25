import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ObtainedRedis, type OwnKafka, obtainKafkaProgram, startOwnKafka } from '@holdfast/infra';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { AppServer } from '../app/app-server.js';
import { NumberedRequests, type PhaseAnswers } from '../events/numbered-requests.js';
import { sum } from '../measures/window.js';
import { lostRun } from '../plan/lost-run.js';
import type { Run } from '../results/results.js';
import { freePorts } from '../systems/free-ports.js';
import { startOwnRedis } from '../systems/own-redis.js';
import { Started } from '../systems/started.js';
import { within } from '../systems/within.js';
import { defineRunner, type RunnerTask } from './runner.js';

const root = join(import.meta.dirname, '../../..');
const dataDir = process.env.DATA_DIR || join(root, '.data');
const PREFIX = 'hf:';
const SERVICES = 3;
const LOAD = { users: 40, everyMs: 200 };
const START_MS = 60_000;
const DRAIN_MS = 120_000;
/** Requests go on, so a few new events always wait. */
const FEW = 50;

const options = z.strictObject({
  fault: z.literal('kafka-away'),
  /** How long Kafka is away. */
  seconds: z.int().min(5).max(600).default(60),
});
type OutageOptions = z.infer<typeof options>;

export default defineRunner<OutageOptions>({
  id: 'event-outage',
  title: 'Kafka is away while users of three services change state and write events',
  options,
  names: {
    requestsFailed: 'requests that were not acknowledged, of requests',
    eventsLost: 'events of acknowledged requests that no handler had, of acknowledged requests',
    eventsOutOfOrder: 'events that were handled after a later one of their key, of acknowledged requests',
    eventsInvented: 'handled events of requests that were not acknowledged, of acknowledged requests',
    eventsGivenAgain: 'events that were delivered again and recognised by their id',
    mostWaiting: 'events in the outbox at the end of the outage',
    drainedMs: 'from when Kafka is back until the outbox has drained',
    answeredP50Ms: 'half of the requests were answered this soon (before, outage, after)',
    answeredP99Ms: '99 of 100 requests were answered this soon (before, outage, after)',
  },
  async run(task, onStart) {
    const started = new Started();
    onStart(() => started.stop());
    try {
      const kafka = started.add(await startOwnKafka(await obtainKafkaProgram(dataDir)));
      const redis = started.add(await startOwnRedis());
      const urls = await startServices(kafka, redis, started);
      return [entryOf(task, await outage(task.options, kafka, redis, urls))];
    } finally {
      await started.stop();
    }
  },
});

async function startServices(kafka: OwnKafka, redis: ObtainedRedis, started: Started): Promise<string[]> {
  const ports = await freePorts(SERVICES);
  const services = ports.map(
    (port, n) =>
      new AppServer({
        ...{
          name: `service-${n + 1}`,
          command: 'exec node programs/events/service.mjs',
          folder: join(root, 'loadtests'),
        },
        ...{ port, ready: { tcp: true }, startTimeoutMs: START_MS },
        env: { REDIS_URL: redis.url, KAFKA_BROKERS: kafka.brokers, KEY_PREFIX: PREFIX },
      }),
  );
  for (const service of services) started.add(service);
  await Promise.all(services.map((service) => service.start()));
  return ports.map((port) => `http://127.0.0.1:${port}`);
}

interface Seen {
  readonly phases: ReadonlyMap<string, PhaseAnswers>;
  readonly acknowledged: number;
  readonly lost: number;
  readonly outOfOrder: number;
  readonly invented: number;
  readonly givenAgain: number;
  readonly mostWaiting: number;
  readonly drainedMs: number;
}

async function outage(
  { seconds }: OutageOptions,
  kafka: OwnKafka,
  { url }: ObtainedRedis,
  urls: readonly string[],
): Promise<Seen> {
  const redis = new Redis(url);
  const around = Math.min(10, seconds) * 1_000;
  const countOf = async (what: 'handled' | 'again') => Number((await redis.hget(`${PREFIX}counts`, what)) ?? 0);
  const waiting = () => redis.xlen(`${PREFIX}events`);
  const load = new NumberedRequests(urls, LOAD);
  try {
    // The first event is handled when the topic and the groups exist.
    if (!(await within(START_MS, async () => (await countOf('handled')) > 0))) throw new Error('no event was handled');
    load.phase('before');
    await delay(around);
    load.phase('outage');
    await kafka.down();
    await delay(seconds * 1_000);
    const mostWaiting = await waiting();
    await kafka.up();
    load.phase('after');
    const backAt = Date.now();
    await within(DRAIN_MS, async () => (await waiting()) < FEW);
    const drainedMs = Date.now() - backAt;
    await delay(around);
    const phases = await load.end();
    const total = sum([...load.acknowledged.values()], ({ length }) => length);
    await within(DRAIN_MS, async () => (await countOf('handled')) >= total);
    const counts = await compare(redis, load.acknowledged);
    return { ...counts, phases, acknowledged: total, givenAgain: await countOf('again'), mostWaiting, drainedMs };
  } finally {
    await load.end();
    redis.disconnect();
  }
}

/** Compares the handled events of each key with its acknowledged requests. */
async function compare(redis: Redis, acknowledged: ReadonlyMap<string, readonly number[]>) {
  const counts = { lost: 0, outOfOrder: 0, invented: 0 };
  for (const [key, numbers] of acknowledged) {
    const handled = (await redis.lrange(`${PREFIX}handled:${key}`, 0, -1)).map(Number);
    const [seen, expected] = [new Set(handled), new Set(numbers)];
    counts.lost += numbers.filter((number) => !seen.has(number)).length;
    counts.invented += handled.filter((number) => !expected.has(number)).length;
    counts.outOfOrder += handled.filter((number, i) => i > 0 && number < (handled[i - 1] ?? 0)).length;
  }
  return counts;
}

function entryOf(task: RunnerTask<OutageOptions>, { phases, acknowledged: of, ...seen }: Seen): Run {
  const { fault } = task.options;
  const arm = { name: task.arm, scenario: 'event-outage', engine: 'kafka', options: {} };
  const counted = [...phases].filter(([name]) => name !== 'start');
  const requests = sum(counted, ([, phase]) => phase.requests);
  const failed = sum(counted, ([, phase]) => phase.failed);
  const figures = counted.flatMap(([name, phase]) => [
    [`requests.${name}`, phase.requests],
    [`failed.${name}`, phase.failed],
    [`answeredP50Ms.${name}`, phase.p50Ms],
    [`answeredP99Ms.${name}`, phase.p99Ms],
    [`answeredMaxMs.${name}`, phase.maxMs],
  ]);
  return {
    ...lostRun({ ...task, arm }, ''),
    ...{ fault, valid: true, invalidBecause: null, users: LOAD.users, finishedUsers: LOAD.users },
    ...{ requests, failedRequests: failed, failedWrites: failed, recoveryMs: seen.drainedMs },
    disturbances: [{ id: fault, target: 'Kafka', atSeconds: Math.min(10, task.options.seconds) }],
    counted: {
      requestsFailed: { hit: failed, of: requests },
      eventsLost: { hit: seen.lost, of },
      eventsOutOfOrder: { hit: seen.outOfOrder, of },
      eventsInvented: { hit: Math.min(seen.invented, of), of },
    },
    estimated: {
      ...{ mostWaiting: seen.mostWaiting, drainedMs: seen.drainedMs, eventsGivenAgain: seen.givenAgain },
      ...Object.fromEntries(figures),
    },
  };
}
