import type { Experiment } from '../results/results.js';

/** A part of `npm run bench -- <name>`: an experiment of the lab, or several of one kind. */
export interface Part {
  readonly experiments: readonly string[];
  /** Blocks of the whole bench; a quick one has one. Default 1. */
  readonly blocks?: number;
  /** The figures that its table shows; all when left out. */
  readonly columns?: readonly string[];
  /** The experiment in the size of the bench. */
  sized(experiment: Experiment, quick: boolean): Experiment;
}

/** Faults behind load balancers, and their blocks. */
const PROXY_FAULTS = [
  ...['kill', 'freeze', 'rolling-restart'].map((fault) => [fault, 3] as const),
  ...['slow', 'failing', 'all-down', 'early-close', 'frozen-readers', 'aborts'].map((fault) => [fault, 1] as const),
  ...['scale', 'loud-user', 'restart'].map((fault) => [fault, 1] as const),
  ['overload', 2] as const,
];

/** Names for several parts at once, for `--only`. */
export const GROUPS: Readonly<Record<string, readonly string[]>> = { faults: PROXY_FAULTS.map(([fault]) => fault) };

/** What the lab measures for `npm run bench -- <name>`, by that name and the part's. */
export const BENCHES: Readonly<Record<string, Readonly<Record<string, Part>>>> = {
  chat: {
    'fan-out': {
      ...{ experiments: ['chat-fan-out'], blocks: 2 },
      sized: (experiment, quick) =>
        quick ? withOptions(onlyArms(experiment, ['full-10', 'full-1000', 'calm-10']), { seconds: 4 }) : experiment,
    },
    storm: {
      experiments: ['reconnect-storm'],
      sized: (experiment, quick) => (quick ? withOptions(experiment, { sockets: 500 }) : experiment),
    },
    faults: {
      experiments: ['chat-calm', 'chat-crash', 'chat-deploy', 'chat-redis-crash'],
      columns: [
        ...['chatMissing', 'chatAdmitted', 'chatDuplicated', 'chatReordered', 'chatCutOff', 'chatStaysAway'],
        ...['chatBackMs', 'deliveryP50Ms', 'deliveryP99Ms'],
      ],
      sized: (experiment, quick) =>
        quick
          ? onlyArms(experiment, ['round-robin-cached'])
          : { ...experiment, load: { ...experiment.load, users: 121 } },
    },
  },
  events: {
    throughput: {
      ...{ experiments: ['event-throughput'], blocks: 3 },
      sized: (experiment, quick) => (quick ? withOptions(experiment, { events: 5_000 }) : experiment),
    },
    outage: {
      experiments: ['event-outage'],
      sized: (experiment, quick) => (quick ? withOptions(experiment, { seconds: 10 }) : experiment),
    },
  },
  session: {
    cost: { experiments: ['session-cost'], blocks: 3, sized: quickly },
    latency: { experiments: ['session-latency'], blocks: 2, sized: quickly },
    revocation: { experiments: ['session-revocation'], blocks: 2, sized: quickly },
    scale: { experiments: ['session-scale'], blocks: 2, sized: quickly },
    memory: { experiments: ['session-memory'], blocks: 2, sized: quickly },
    races: {
      experiments: ['parallel-writes'],
      sized: (experiment, quick) => withOptions(experiment, { pairs: quick ? 1_000 : 100_000 }),
    },
    'login-cap': { experiments: ['session-cap'], sized: quickly },
    'stock-stores': { experiments: ['session-stock-stores'], sized: quickly },
  },
  proxy: {
    ...proxyCost('cost', 3),
    ...proxyCost('node-versions', 3),
    ...proxyCost('websockets', 3),
    ...proxyCost('slow-attackers', 2),
    ...proxyCost('curves', 2),
    ...proxyCost('workers', 3),
    soak: {
      experiments: ['proxy-soak'],
      sized: (experiment, quick) => (quick ? withOptions(experiment, { minutes: 1 / 3 }) : experiment),
    },
    ...Object.fromEntries(
      PROXY_FAULTS.map(([fault, blocks]) => [
        fault,
        {
          ...{ experiments: [`proxy-${fault}`], blocks },
          sized: (experiment: Experiment, quick: boolean) =>
            quick ? withOptions(experiment, { short: true }) : experiment,
        },
      ]),
    ),
  },
  loadtests: {
    revocation: {
      experiments: ['revocation'],
      sized: (experiment, quick) => (quick ? withOptions(experiment, { sockets: 100, revocations: 30 }) : experiment),
    },
    'until-full': {
      experiments: ['until-full'],
      // As many as the rules say do not fit then.
      sized: (experiment, quick) => (quick ? withOptions(experiment, { megabytes: 32 }) : experiment),
    },
  },
};

/** What requests cost, one of several parts. */
function proxyCost(part: string, blocks: number): Readonly<Record<string, Part>> {
  return { [part]: { experiments: [`proxy-${part}`], blocks, sized: quickly } };
}

function quickly(experiment: Experiment, quick: boolean): Experiment {
  return quick ? withOptions(experiment, { quick }) : experiment;
}

function withOptions(experiment: Experiment, options: object): Experiment {
  const variants = Object.entries(experiment.variants ?? {}).map(([arm, variant]) => [
    arm,
    { ...variant, options: { ...variant.options, ...options } },
  ]);
  return { ...experiment, variants: Object.fromEntries(variants) };
}

/** A rule about another arm cannot be told. */
function onlyArms(experiment: Experiment, arms: readonly string[]): Experiment {
  return { ...experiment, arms: experiment.arms.filter((arm) => arms.includes(arm)) };
}
