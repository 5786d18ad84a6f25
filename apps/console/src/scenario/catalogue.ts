import { z } from 'zod';

/** Where a scenario keeps sessions: in each server's own memory, or in one store that all servers read. */
export type SessionStore = 'memory' | 'shared';

/** A scenario as the page tells it: routing × state, and what to expect. */
export const scenarioCardShape = z.object({
  name: z.string(),
  routing: z.string(),
  state: z.string(),
  store: z.enum(['memory', 'shared']),
  /** One sentence for the audience. */
  story: z.string(),
});
export type ScenarioCard = z.infer<typeof scenarioCardShape>;

/**
 * A card for every scenario that the gateway knows, in its order: `names` come from the admin API, `cards` from the system's
 * file by way of the page's server. A scenario without a card is shown under its own name.
 */
export function catalogueOf(names: readonly string[], cards: readonly ScenarioCard[]): readonly ScenarioCard[] {
  return names.map((name) => scenarioCard(name, cards));
}

export function scenarioCard(name: string, cards: readonly ScenarioCard[]): ScenarioCard {
  return (
    cards.find((card) => card.name === name) ?? {
      name,
      routing: name,
      state: 'as configured',
      store: name.endsWith('-local') ? 'memory' : 'shared',
      story: '',
    }
  );
}
