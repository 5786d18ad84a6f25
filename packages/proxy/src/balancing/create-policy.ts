import { LeastRequestsPolicy } from './least-requests.policy.js';
import type { Policy, PolicyOptions } from './policy.js';
import { RandomTwoPolicy } from './random-two.policy.js';
import { RendezvousPolicy } from './rendezvous.policy.js';
import { RoundRobinPolicy } from './round-robin.policy.js';
import { SlowStartPolicy } from './slow-start.policy.js';

/** Every policy by the name it has in a config. The schema, the examples and the contract tests read this list. */
const POLICIES = {
  'round-robin': () => new RoundRobinPolicy(),
  'least-requests': () => new SlowStartPolicy(new LeastRequestsPolicy()),
  'random-two': ({ random }: PolicyOptions) => new SlowStartPolicy(new RandomTwoPolicy(random)),
  'ip-hash': ({ boundedLoad }: PolicyOptions) => new RendezvousPolicy(boundedLoad),
  'consistent-hash': ({ boundedLoad }: PolicyOptions) => new RendezvousPolicy(boundedLoad),
} as const satisfies Record<string, (options: PolicyOptions) => Policy>;

export type PolicyName = keyof typeof POLICIES;

/** The name of a policy of this package, or of one that `createProxy` was given. */
export type AnyPolicyName = PolicyName | (string & {});

/** Makes a policy: one for first choices and one for second ones, for each upstream. */
export type PolicyFactory = (options: PolicyOptions) => Policy;

/** The names of all policies, in the order in which they are documented. */
export const POLICY_NAMES = Object.keys(POLICIES) as [PolicyName, ...PolicyName[]];

/** The policy of that name, which is the one in the config file; `own` are policies of the application. */
export function createPolicy(
  name: AnyPolicyName,
  options: PolicyOptions,
  own: Readonly<Record<string, PolicyFactory>> = {},
): Policy {
  const factory = Object.hasOwn(own, name) ? own[name] : POLICIES[name as PolicyName];
  if (factory === undefined) throw new Error(`there is no policy "${name}"`);
  return factory(options);
}
