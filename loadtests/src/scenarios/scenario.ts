/** A scenario is routing × state. The names are the gateway's. */
export interface Scenario {
  readonly name: string;
  readonly routing: string;
  /** Where sessions and todos are kept. */
  readonly state: 'server memory' | 'Redis';
  /** Which store holds the session. */
  readonly store: string;
  /** Scenarios of the same fleet share one start of the system. */
  readonly fleet: string;
  /** The processes of server 2 of 3: what F1 kills. */
  readonly serverTwo: readonly string[];
}

const services = (prefix: string): string[] => ['auth', 'todo', 'chat'].map((app) => `${prefix}${app}-2`);
const monolith = { state: 'server memory', store: 'memory', fleet: 'monolith', serverTwo: ['monolith-2'] } as const;
const cached = { state: 'Redis', store: 'ours + near cache', fleet: 'cached', serverTwo: services('') } as const;

/** In the order of the question: from the nightmare to the hybrid. */
export const scenarios: readonly Scenario[] = [
  { name: 'round-robin-local', routing: 'round robin', ...monolith },
  { name: 'ip-hash-local', routing: 'IP hash', ...monolith },
  { name: 'sticky-cookie-local', routing: 'affinity cookie', ...monolith },
  {
    name: 'round-robin-connect-redis',
    routing: 'round robin',
    state: 'Redis',
    store: 'connect-redis',
    fleet: 'connect-redis',
    serverTwo: services('connect-redis-'),
  },
  {
    name: 'round-robin-shared',
    routing: 'round robin',
    state: 'Redis',
    store: 'ours',
    fleet: 'shared',
    serverTwo: services('shared-'),
  },
  { name: 'round-robin-cached', routing: 'round robin', ...cached },
  { name: 'sticky-cookie-cached', routing: 'affinity cookie', ...cached },
];
