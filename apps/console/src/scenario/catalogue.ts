import { type ScenarioDescription, scenarioDescriptionShape } from '@holdfast/system/scenario';

/** Where a scenario keeps sessions: in each server's own memory, or in one store that all servers share. */
export type SessionStore = 'memory' | 'redis' | 'memcached';

/** A scenario as the page tells it: routing × state, and what to expect. */
export type ScenarioCard = Pick<ScenarioDescription, 'name' | 'routing' | 'state' | 'story' | 'todos'> & {
  readonly store: SessionStore;
};

/** Reads a card from what the system's file says of a scenario. */
export const scenarioCardShape = scenarioDescriptionShape.transform(
  ({ name, routing, state, story, store, todos }): ScenarioCard => ({
    ...{ name, routing, state, story, todos },
    store: store === 'memory' || store === 'memcached' ? store : 'redis',
  }),
);

/** The card of a scenario; one that the system's file does not tell of is shown under its own name. */
export function scenarioCard(name: string, cards: readonly ScenarioCard[]): ScenarioCard {
  return (
    cards.find((card) => card.name === name) ?? {
      name,
      routing: name,
      state: 'as configured',
      store: name.endsWith('-local') ? 'memory' : 'redis',
      todos: name.endsWith('-local') ? 'memory' : 'redis',
      story: '',
    }
  );
}
