import { scenarioCatalogue } from './catalogue.js';

/** The two scenarios shown side by side. */
export interface ScenarioChoice {
  readonly left: string;
  readonly right: string;
}

const DEFAULT_CHOICE: ScenarioChoice = { left: 'round-robin-local', right: 'round-robin-cached' };

/** Reads the choice from the page's query, so that a comparison can be bookmarked; what it does not know becomes the default. */
export function choiceFromQuery(query: string): ScenarioChoice {
  const parameters = new URLSearchParams(query);
  return {
    left: known(parameters.get('left')) ?? DEFAULT_CHOICE.left,
    right: known(parameters.get('right')) ?? DEFAULT_CHOICE.right,
  };
}

/** The query that brings the choice back. */
export function queryFromChoice({ left, right }: ScenarioChoice): string {
  return `?${new URLSearchParams({ left, right })}`;
}

function known(name: string | null): string | undefined {
  return scenarioCatalogue.find((card) => card.name === name)?.name;
}
