import { join } from 'node:path';
import { obtainKafkaProgram, startOwnKafka } from '@holdfast/infra';
import { z } from 'zod';
import { lostRun } from '../plan/lost-run.js';
import type { Run } from '../results/results.js';
import { startOwnRedis } from '../systems/own-redis.js';
import { askProgram } from '../systems/program.js';
import { defineRunner, type RunnerTask } from './runner.js';

const dataDir = process.env.DATA_DIR || join(import.meta.dirname, '../../../.data');

const options = z.strictObject({
  /** Redis Streams, or Kafka by one of its clients. */
  transport: z.enum(['redis-streams', 'kafkajs', 'platformatic']),
  events: z.int().min(1_000).max(1_000_000).default(20_000),
});
type ThroughputOptions = z.infer<typeof options>;

const pace = z.object({ perSecond: z.number(), cpuMicros: z.number() });
/** From the outbox to the handler, from the topic to a second group, and the bare client on the same records. */
const measured = z.object({ fromOutbox: pace, fromTopic: pace.optional(), bareClient: pace });

export default defineRunner<ThroughputOptions>({
  id: 'event-throughput',
  title: 'events go to an empty handler, and the bare client of the transport reads the same records',
  options,
  names: {
    eventsPerSecond: 'events a second (fromOutbox, fromTopic, bareClient)',
    cpuMicros: 'microseconds of processor time for an event (fromOutbox, fromTopic, bareClient)',
    timesBare: "time for an event, in times of the bare client's (fromOutbox, fromTopic)",
  },
  async run(task, onStart) {
    const { transport, events } = task.options;
    const kafka = transport === 'redis-streams' ? undefined : await startOwnKafka(await obtainKafkaProgram(dataDir));
    const redis = await startOwnRedis();
    try {
      const given = { transport, events, redisUrl: redis.url, brokers: kafka?.brokers };
      const program = { file: 'programs/events/throughput.mjs', options: given, prints: measured } as const;
      return [entryOf(task, await askProgram(program, onStart))];
    } finally {
      await Promise.all([redis.stop(), kafka?.stop()]);
    }
  },
});

function entryOf(task: RunnerTask<ThroughputOptions>, seen: z.infer<typeof measured>): Run {
  const arm = { name: task.arm, scenario: 'event-throughput', engine: task.options.transport, options: {} };
  const { fromTopic, ...always } = seen;
  const paces = { ...always, ...(fromTopic && { fromTopic }) };
  const figures = Object.entries(paces).flatMap(([part, { perSecond, cpuMicros }]) => [
    [`eventsPerSecond.${part}`, perSecond] as const,
    [`cpuMicros.${part}`, cpuMicros] as const,
    ...(part === 'bareClient' ? [] : [[`timesBare.${part}`, seen.bareClient.perSecond / perSecond] as const]),
  ]);
  return {
    ...lostRun({ ...task, arm }, ''),
    ...{ valid: true, invalidBecause: null, estimated: Object.fromEntries(figures) },
  };
}
