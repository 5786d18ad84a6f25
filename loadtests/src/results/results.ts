import { z } from 'zod';

const ratio = z.number().min(0).max(1);
const count = z.int().nonnegative();
const milliseconds = z.number().nonnegative();

/** A count and its total: users who lost a login of users who had one, todos denied of todos acknowledged. */
export const countedSchema = z.strictObject({ hit: count, of: count });

/** A disturbance that happened in a run, as the admin API or a pid confirmed it. */
export const happenedSchema = z.strictObject({
  /** The disturbance's id: `kill`, `freeze`. */
  id: z.string(),
  /** The disturbed part: `server-2`, `redis`. */
  target: z.string(),
  /** Seconds since the users began. */
  atSeconds: z.number(),
});

export const serverSchema = z.strictObject({
  requests: count,
  errors: count,
  p50Ms: milliseconds,
  p99Ms: milliseconds,
  /** CPU time of the process during the run; null when it cannot be read. */
  cpuSeconds: z.number().nonnegative().nullable(),
  /** The part of it that the process would have used in this time without any request; missing in older files. */
  idleCpuSeconds: z.number().nonnegative().nullable().optional(),
});

/** CPU microseconds per request of the named processes, without what they use when idle; null when it cannot be read. */
export const costSchema = z.strictObject({
  gateway: z.number().nonnegative().nullable(),
  servers: z.number().nonnegative().nullable(),
  redis: z.number().nonnegative().nullable(),
  generator: z.number().nonnegative().nullable(),
});

/**
 * One run of one arm, as counted by its users. A run with a disturbance gives two entries: `before` it (fault `none`) and `after` it
 * (fault: its id; `users` are those who were logged in then). A calm run gives one, `whole`.
 */
export const runSchema = z.strictObject({
  experiment: z.string(),
  /** The arm's name in the experiment: the scenario, `round-robin-cached@twin` for a second start of it, `round-robin-cached@rtt=5ms` for a variant. */
  arm: z.string(),
  scenario: z.string(),
  engine: z.string(),
  /** For an app of somebody else: the variant's key in its file, and the routing of requests. */
  variant: z.string().optional(),
  routing: z.enum(['round-robin', 'ip-hash', 'cookie']).optional(),
  /** `none` or the disturbance's id. */
  fault: z.string(),
  phase: z.enum(['whole', 'before', 'after']),
  /** The number of the block, from 1; `repeat` is its older name. */
  block: count,
  repeat: count,
  durationSeconds: z.number().nonnegative(),
  users: count,
  /** Users whose journey came to its end. */
  finishedUsers: count,
  /** Users who had a confirmed login at least once. */
  loggedIn: count,
  /** Whether the run counts as evidence; if not, `invalidBecause` says why. */
  valid: z.boolean(),
  invalidBecause: z.string().nullable(),
  requests: count,
  /** Requests without an answer or with a 5xx; a 401 is a lost login and counted there. */
  failedRequests: count,
  failedReads: count,
  failedWrites: count,
  /** Users who lost a login they had, at least once. */
  loggedOut: count,
  todosAcknowledged: count,
  /** Todos answered with 201 and denied by a later answer. */
  todosLost: count,
  /** The answers with success that our gateway counted in the run, beside those that users saw; missing behind another load balancer, with a runner, and in older files. */
  answers: z.strictObject({ seen: count, notSent: count, unseen: count, notCompared: count }).optional(),
  /** The todos that Redis itself holds after the run, beside the users' ledgers; missing where todos are elsewhere, and in older files. */
  store: z.strictObject({ shown: count, notStored: count, deniedButStored: count, unacknowledged: count }).optional(),
  /** The chat messages that the logs of their rooms hold after the run; missing without chat rooms, when Redis did not answer, and in older files. */
  chatLog: z.strictObject({ acknowledged: count, notStored: count, unacknowledged: count }).optional(),
  chatSent: count,
  chatDelivered: count,
  requestsPerSecond: z.number().nonnegative(),
  /** The time from the intended start of a request to the end of its answer; requests that hash a password are left out. */
  p50Ms: milliseconds,
  p95Ms: milliseconds,
  p99Ms: milliseconds,
  /** The share of each server in the answers. */
  share: z.record(z.string(), ratio),
  /**
   * The time from the disturbance to the last request that failed or found its user logged out, of users without such trouble before;
   * null where that is not known: in a calm run, before the disturbance, and with no such user. Older files have 0 there.
   */
  recoveryMs: milliseconds.nullable(),
  perServer: z.record(z.string(), serverSchema),
  cost: costSchema,
  disturbances: z.array(happenedSchema),
  /** The values of counted rules, by name: `loggedOut`, `loggedOut.bound`, `todosLost`. */
  counted: z.record(z.string(), countedSchema),
  /** The values of estimated rules, by name, one value a run: `p50Ms`, `cpuUs.servers`, `maxShareOverMean`. */
  estimated: z.record(z.string(), z.number()),
  /** The index is the number of seconds since the users began. */
  perSecond: z.strictObject({ requests: z.array(count), errors: z.array(count), losses: z.array(count) }),
});

/** An experiment as its file has it, so that results.json alone can be judged and drawn again. */
export const experimentSchema = z.strictObject({
  name: z.string(),
  question: z.string(),
  /** The number of the claim in docs/claims.md. */
  claim: z.int().nonnegative().nullable(),
  /** The smallest set that contains it; without this field, only `deep` contains it. */
  set: z.enum(['quick', 'standard', 'deep']).optional(),
  /** The largest number of blocks, when fewer than those of the set decide its rules. */
  blocks: z.int().positive().optional(),
  arms: z.array(z.string()).min(1),
  /** The differences of an arm from a scenario as it is, by the arm's name. */
  variants: z
    .record(
      z.string(),
      z.strictObject({
        scenario: z.string(),
        /** The load balancer in front; our gateway when missing. */
        engine: z.string().optional(),
        env: z.record(z.string(), z.string()).optional(),
        options: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .optional(),
  /** The load balancers that its arms and rules are behind; our gateway alone when missing. */
  engines: z.array(z.string()).optional(),
  /** One sentence for each thing that a load balancer cannot do. */
  notPlanned: z.array(z.string()).optional(),
  /** The id of the runner of the arms; missing when k6 runs them on the system. */
  runner: z.string().optional(),
  /** The command that runs it again, for an experiment without a file in the lab. */
  again: z.string().optional(),
  journey: z.string(),
  load: z.record(z.string(), z.unknown()),
  disturb: z.array(z.record(z.string(), z.unknown())),
  rules: z.array(
    z.strictObject({
      /** The sentence that holds or does not; unique in a file of results. */
      say: z.string(),
      /** The claim that it belongs to, if it is not the experiment's. */
      claim: z.int().nonnegative().optional(),
      counted: z.string().optional(),
      estimated: z.string().optional(),
      each: z.string().optional(),
      /** The largest upper bound with which a counted rule still holds. */
      atMost: z.number().optional(),
      /** The load balancer of the rule; our gateway when missing. */
      engine: z.string().optional(),
    }),
  ),
});

export const verdictSchema = z.strictObject({
  /** The sentence; unique in the file. */
  claim: z.string(),
  claimNumber: z.int().nonnegative().nullable(),
  experiment: z.string(),
  /** The load balancer of the rule; our gateway when missing. */
  engine: z.string().optional(),
  /** The rule as the file has it. */
  rule: z.string(),
  /** null: cannot be told; `because` names the cause and the command that would decide it. */
  holds: z.boolean().nullable(),
  because: z.string(),
  interval: z.strictObject({ low: z.number(), high: z.number(), level: z.number(), of: z.string() }).nullable(),
  /** The ratio of the A/A twin, for estimated rules. */
  noiseFloor: z.strictObject({ ratio: z.number(), low: z.number(), high: z.number() }).nullable(),
});

export const resultsSchema = z.strictObject({
  startedAt: z.iso.datetime(),
  seed: z.int(),
  /** `quick`, `standard`, `deep`, or `chosen` for experiments named one by one. */
  set: z.string(),
  /** The name of an app that is not ours. */
  app: z.string().optional(),
  /** The command that makes this again. */
  command: z.string(),
  /** The requested arms and disturbances; null: all of the experiments. */
  only: z.strictObject({ scenarios: z.array(z.string()).nullable(), faults: z.array(z.string()).nullable() }),
  blocks: count,
  /** The number of planned runs; an interrupted file has fewer entries. */
  plannedRuns: count,
  finished: z.boolean(),
  machine: z.strictObject({
    cores: count,
    memoryBytes: count,
    node: z.string(),
    k6: z.string(),
    redis: z.string(),
  }),
  experiments: z.array(experimentSchema),
  runs: z.array(runSchema),
  verdicts: z.array(verdictSchema),
});

export type Counted = z.infer<typeof countedSchema>;
export type Run = z.infer<typeof runSchema>;
export type Experiment = z.infer<typeof experimentSchema>;
export type Rule = Experiment['rules'][number];
export type Verdict = z.infer<typeof verdictSchema>;
export type Results = z.infer<typeof resultsSchema>;
