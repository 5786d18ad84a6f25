import { describe, expect, it } from '@jest/globals';
import { scenarioCard, scenarioCatalogue } from './catalogue.js';
import { choiceFromQuery, queryFromChoice } from './scenario-choice.js';

describe('choice of scenarios', () => {
  it('starts with the nightmare beside the answer', () => {
    expect(choiceFromQuery('')).toEqual({ left: 'round-robin-local', right: 'round-robin-cached' });
  });

  it('comes back from its own query', () => {
    const choice = { left: 'ip-hash-local', right: 'sticky-cookie-cached' };
    expect(choiceFromQuery(queryFromChoice(choice))).toEqual(choice);
  });

  it('never takes a name from the query that it does not know', () => {
    expect(choiceFromQuery('?left=evil.example/&right=').left).toBe('round-robin-local');
  });

  it('offers the seven scenarios, each once', () => {
    expect(new Set(scenarioCatalogue.map(({ name }) => name)).size).toBe(7);
  });

  it('still shows a scenario it has no story for', () => {
    expect(scenarioCard('my-own').routing).toBe('my-own');
  });
});
