/** A scenario as the page tells it: routing × state, and what to expect. */
export interface ScenarioCard {
  readonly name: string;
  readonly routing: string;
  readonly state: string;
  /** One sentence for the audience. */
  readonly story: string;
}

/** The scenarios of the system, the nightmare first. */
export const scenarioCatalogue: readonly ScenarioCard[] = [
  {
    name: 'round-robin-local',
    routing: 'Round robin',
    state: 'Server memory',
    story: 'Each request goes to the next server, and only one of them knows you.',
  },
  {
    name: 'ip-hash-local',
    routing: 'IP hash',
    state: 'Server memory',
    story: 'Your address picks your server. Lose that server and you lose your login and todos.',
  },
  {
    name: 'sticky-cookie-local',
    routing: 'Sticky cookie',
    state: 'Server memory',
    story: 'A cookie binds you to one server. It works until that server is gone.',
  },
  {
    name: 'round-robin-connect-redis',
    routing: 'Round robin',
    state: 'Redis (connect-redis)',
    story: 'The usual answer: every server reads one store, on every request.',
  },
  {
    name: 'round-robin-shared',
    routing: 'Round robin',
    state: 'Redis (Holdfast store)',
    story: 'Any server may answer. Updates are never lost, logouts never undone.',
  },
  {
    name: 'round-robin-cached',
    routing: 'Round robin',
    state: 'Redis + near cache',
    story: 'Any server may answer, and an unchanged session costs no trip to Redis.',
  },
  {
    name: 'sticky-cookie-cached',
    routing: 'Sticky cookie',
    state: 'Redis + near cache',
    story: 'The hybrid: a favourite server for warm caches, and nothing lost without it.',
  },
];

/** The card of a scenario; one the catalogue does not know gets a plain card under its own name. */
export function scenarioCard(name: string): ScenarioCard {
  return (
    scenarioCatalogue.find((card) => card.name === name) ?? { name, routing: name, state: 'as configured', story: '' }
  );
}
