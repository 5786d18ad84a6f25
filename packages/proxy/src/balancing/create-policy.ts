import type { PolicyName } from '../config/proxy-config.js';
import { LeastRequestsPolicy } from './least-requests.policy.js';
import type { Policy, PolicyOptions } from './policy.js';
import { RandomTwoPolicy } from './random-two.policy.js';
import { RendezvousPolicy } from './rendezvous.policy.js';
import { RoundRobinPolicy } from './round-robin.policy.js';

/** The policy of that name; the name is the one in the config file. */
export function createPolicy(name: PolicyName, options: PolicyOptions): Policy {
  switch (name) {
    case 'round-robin':
      return new RoundRobinPolicy();
    case 'least-requests':
      return new LeastRequestsPolicy();
    case 'random-two':
      return new RandomTwoPolicy(options.random);
    case 'ip-hash':
    case 'consistent-hash':
      return new RendezvousPolicy(options.boundedLoad);
  }
}
