import type { System } from './system-file.js';

/** What the page tells about a scenario. */
export interface ScenarioCard {
  readonly name: string;
  readonly routing: string;
  readonly state: string;
  /** Where sessions live: in each server's own memory, or in one store that all servers read. */
  readonly store: 'memory' | 'shared';
  readonly story: string;
}

const ROUTINGS: Readonly<Record<System['scenarios'][string]['policy'], string>> = {
  'round-robin': 'Round robin',
  'least-requests': 'Least requests',
  'random-two': 'Better of two random',
  'ip-hash': 'IP hash',
  'consistent-hash': 'Consistent hash',
};

/** A card for every scenario of the system file, in its order. */
export function scenarioCards(system: System): ScenarioCard[] {
  return Object.entries(system.scenarios).map(([name, { fleet, policy, affinity, story }]) => {
    const kept = system.fleets[fleet]?.env.SESSION_STORE ?? 'cached';
    return {
      name,
      routing: affinity ? 'Sticky cookie' : ROUTINGS[policy],
      state: system.fleets[fleet]?.title ?? kept,
      store: kept === 'memory' ? 'memory' : 'shared',
      story,
    };
  });
}
