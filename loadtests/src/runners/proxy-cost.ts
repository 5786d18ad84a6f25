import { z } from 'zod';
import { lostRun } from '../plan/lost-run.js';
import { countedSchema } from '../results/results.js';
import { askProgram } from '../systems/program.js';
import { defineRunner } from './runner.js';

const quick = z.boolean().default(false);
const everyCase = [
  ...(['get-small', 'post-1kb', 'get-64kb', 'affinity-cookie'] as const),
  ...(['first-visit', 'all-features', 'one-connection'] as const),
];

const options = z.discriminatedUnion('part', [
  z.strictObject({ part: z.literal('cost'), case: z.enum(everyCase), quick }),
  z.strictObject({
    part: z.literal('node-versions'),
    case: z.enum(['get-small', 'post-1kb', 'get-64kb', 'one-connection']),
    quick,
  }),
  z.strictObject({ part: z.literal('websockets'), idle: z.int().min(10).max(20_000).optional(), quick }),
  z.strictObject({ part: z.literal('slow-attackers'), quick }),
  z.strictObject({
    part: z.literal('destinations'),
    policy: z.enum(['round-robin', 'least-requests', 'random-two', 'consistent-hash']),
    quick,
  }),
  z.strictObject({ part: z.literal('connections'), quick }),
  z.strictObject({ part: z.literal('workers'), quick }),
  z.strictObject({ part: z.literal('soak'), minutes: z.number().positive().max(600).default(1) }),
]);

const measured = z.object({
  counted: z.record(z.string(), countedSchema),
  estimated: z.record(z.string(), z.number()),
});

export default defineRunner<z.infer<typeof options>>({
  id: 'proxy-cost',
  title:
    'load balancers and proxies take turns in front of destinations that cost next to nothing, each on one core, the load on another',
  options,
  names: {
    cpuMicros: 'microseconds of processor time for a request or message, of each contender or version of Node',
    timesNginx: "the same, in times of nginx's in the same round",
    timesBestPeer: "the same, in times of that of the best of Node's proxies",
    timesOldest: 'the same, in times of that under the oldest version of Node',
    perSecond: 'requests a second',
    p99TimesNginx: "the time of 99 of 100 requests, in times of nginx's in the same round",
    kilobytesIdle: 'memory of a WebSocket without messages',
    p99MsCalm: 'the time of 99 of 100 requests without slow clients',
    p99MsAttacked: 'the same beside a thousand slow clients',
    p99TimesCalm: 'the latter in times of the former, of the same pair of runs',
    p50TimesCalm: 'the same of half of the requests',
    growth: 'processor time for a request with the most destinations or connections, in times of that with few',
    growthTimesNginx: "the same, in times of nginx's",
    perCpuSecond: 'requests for a second of processor time of all workers',
    cpuMicrosOfBusiest: 'microseconds of processor time for a request in the busiest worker',
    clientsPerSecond: 'new clients a second that connect, ask once and leave',
    timesOneWorker: 'requests a second of two workers, in times of those of one',
    roomTimesOneWorker: 'processor time of one worker, in times of that of the busiest of two',
    requestsFailed: 'requests through ours without a whole answer, of requests',
    bodiesWrong: 'bodies that were not what was sent, of bodies checked',
    socketsLeft: 'connections, requests and tunnels still open at the end, of those that were cut off',
    memoryGrown: 'runs in which memory grew by more than 15 % in the second half, of runs',
    memoryGrowth: 'memory of the last quarter of the time, in times of that of the quarter before',
  },
  async run(task, onStart) {
    const program = { file: 'programs/proxy/run.mjs', options: task.options, prints: measured } as const;
    const seen = await askProgram(program, onStart);
    const arm = { name: task.arm, scenario: 'proxy-cost', engine: 'holdfast', options: {} };
    return [{ ...lostRun({ ...task, arm }, ''), ...seen, valid: true, invalidBecause: null }];
  },
});
