import { describe, expect, test } from '@jest/globals';
import { scenarioCard } from './catalogue.js';
import { choiceFromQuery, queryFromChoice } from './scenario-choice.js';

const names = ['round-robin-local', 'ip-hash-local', 'round-robin-cached', 'my-own'];
const defaults = { left: 'round-robin-local', right: 'round-robin-cached' };

describe('choice of scenarios', () => {
  test('starts with the nightmare beside the answer', () => {
    expect(choiceFromQuery('', names)).toEqual({ choice: defaults, complaint: null });
  });

  test('comes back from its own query', () => {
    const choice = { left: 'ip-hash-local', right: 'my-own' };
    expect(choiceFromQuery(queryFromChoice(choice), names)).toEqual({ choice, complaint: null });
  });

  test.each(['left', 'right'])('U8: an unknown name in ?%s= is said, with those that there are', (side) => {
    const { choice, complaint } = choiceFromQuery(`?${side}=evil.example/`, names);
    expect(choice).toEqual(defaults);
    expect(complaint).toMatch(/no scenario “evil\.example\/”\. There are: round-robin-local, /);
  });

  test('U13: one scenario is never on both sides, as they would share one login', () => {
    const { choice, complaint } = choiceFromQuery('?left=round-robin-cached&right=round-robin-cached', names);
    expect(choice.left).not.toBe(choice.right);
    expect(complaint).toMatch(/on the left already/);
  });

  test('U8: the defaults are only taken where they exist', () => {
    expect(choiceFromQuery('', ['a', 'b']).choice).toEqual({ left: 'a', right: 'b' });
  });
});

describe('catalogue', () => {
  const card = {
    name: 'calm',
    routing: 'IP hash',
    state: 'Server memory',
    store: 'memory',
    todos: 'memory',
    story: 'x',
  } as const;

  test('U8: shows a scenario that it has no story for under its own name', () => {
    expect(scenarioCard('calm', [card])).toBe(card);
    expect(scenarioCard('my-own', [card]).routing).toBe('my-own');
  });
});
