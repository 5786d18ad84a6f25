/** The pure parts of balancing, for programs that compute with them instead of proxying: simulations and capacity plans. */
export {
  type AnyPolicyName,
  createPolicy,
  POLICY_NAMES,
  type PolicyFactory,
  type PolicyName,
} from './balancing/create-policy.js';
export type { Candidate, Policy, PolicyOptions } from './balancing/policy.js';
export { hash32 } from './hash.js';
export { slowStartShare } from './health/slow-start.js';
