import type { ScenarioDescription } from './scenario.js';
import type { System } from './system-file.js';

const ROUTINGS: Readonly<Record<ScenarioDescription['policy'], string>> = {
  'round-robin': 'Round robin',
  'least-requests': 'Least requests',
  'random-two': 'Better of two random',
  'ip-hash': 'IP hash',
  'consistent-hash': 'Consistent hash',
};

/** Describes every scenario of the system file, in its order. */
export function describeScenarios(system: System): ScenarioDescription[] {
  return Object.entries(system.scenarios).map(([name, { fleet, policy, affinity, title, story, expect }]) => {
    const env = system.fleets[fleet]?.env;
    const store = env?.SESSION_STORE ?? 'cached';
    const routing = affinity ? 'Sticky cookie' : ROUTINGS[policy];
    const state = system.fleets[fleet]?.title ?? store;
    return {
      name,
      title: title ?? `${routing} × ${state}`,
      story,
      expect: expect ?? null,
      ...{ routing, policy, affinity, state, store, fleet },
      todos: env?.TODO_STORE ?? 'redis',
    };
  });
}
