import { describe, expect, test } from '@jest/globals';
import { isUnknown, outageSentence } from '../request/reading.js';
import { fullJourney, missingFrom, type StepOutcome, worked } from './journey.js';
import { tally, verdict } from './ledger.js';

const outcome = (
  kind: StepOutcome['kind'],
  status: number | null,
  missingTodos = 0,
  servedBy: string | null = 'a-1',
  code: string | null = status === null ? 'no_answer' : status === 401 ? 'session_unknown' : null,
) => ({
  kind,
  status,
  code,
  missingTodos,
  servedBy,
  outage: isUnknown({ status, code }) ? outageSentence({ status, code }, 'redis') : null,
});

describe('journey', () => {
  test('registers, adds three todos and reads six times', () => {
    const kinds = fullJourney({ username: 'ada', password: 'secret' }).map(({ kind }) => kind);
    expect(kinds).toEqual(['register', 'add', 'add', 'add', ...Array(6).fill('read')]);
  });

  test('misses the todos that were acknowledged and are not in the answer', () => {
    expect(missingFrom([{ id: 'b' }], new Set(['a', 'b', 'c']))).toBe(2);
    expect(missingFrom([{ id: 'b' }, { id: 'x' }], new Set(['b']))).toBe(0);
  });

  test('does not call a read that lacks todos a success', () => {
    expect(worked(outcome('read', 200, 1))).toBe(false);
    expect(worked(outcome('read', 200))).toBe(true);
    expect(worked(outcome('read', null))).toBe(false);
  });
});

describe('ledger', () => {
  test('says that nothing was lost when every step worked', () => {
    expect(verdict(tally([outcome('register', 201), outcome('add', 201), outcome('read', 200)]))).toBe('Nothing lost');
  });

  test('counts refused logins, unsaved todos and incomplete reads apart', () => {
    const ledger = tally([
      outcome('register', 201, 0, 'm-1'),
      outcome('add', 401, 0, 'm-2'),
      outcome('add', 201, 0, 'm-1'),
      outcome('read', 401, 1, 'm-3'),
      outcome('read', 200, 1, 'm-2'),
      outcome('read', 503, 1, null),
      outcome('read', 200, 0, 'm-1'),
    ]);
    expect(ledger).toEqual({
      steps: 7,
      worked: 3,
      refused: 2,
      failed: 0,
      unknown: 1,
      notSignedIn: null,
      outage: 'The server answered 503.',
      todosTried: 2,
      todosSaved: 1,
      reads: 3,
      fullReads: 1,
      servers: ['m-1', 'm-2', 'm-3'],
    });
    expect(verdict(ledger)).toBe(
      'Signed out 2 times · 1 of 2 todos not saved · 2 of 3 reads incomplete · The server answered 503. Unknown once, which is not lost',
    );
  });

  test('says so when a scenario does not run at all', () => {
    const down = outcome('register', 503, 0, null, 'no_destination');
    expect(verdict(tally([down, outcome('read', null, 0, null)]))).toBe(
      'No server of this scenario is up. Nobody was signed in, so no login is lost.',
    );
  });

  test('U4: a store that does not answer is named, and nobody is said to be signed out', () => {
    const steps = ['register', ...Array<'read'>(9).fill('read')] as const;
    const frozen = tally(steps.map((kind) => outcome(kind, 503, 0, 'auth-1', 'session_unavailable')));
    expect(verdict(frozen)).toBe('The shared store (Redis) is unreachable. Nobody was signed in, so no login is lost.');
  });

  test('U4: an outage in the middle is unknown, not lost', () => {
    const ledger = tally([
      outcome('register', 201),
      outcome('add', 503, 0, 'todo-1', 'storage_unavailable'),
      outcome('read', 503, 1, 'todo-1', 'session_unavailable'),
      outcome('read', null, 1, null),
      outcome('read', 200),
    ]);
    expect(ledger).toMatchObject({ refused: 0, unknown: 3, todosTried: 0, reads: 1, fullReads: 1 });
    expect(verdict(ledger)).toBe('The shared store (Redis) is unreachable. Unknown 3 times, which is not lost');
  });

  test('U13: a refused registration is not a sign-out', () => {
    const ledger = tally([
      outcome('register', 409, 0, 'auth-1', 'name_taken'),
      outcome('read', 401),
      outcome('read', 401),
    ]);
    expect(ledger.refused).toBe(0);
    expect(verdict(ledger)).toBe('The registration was refused (name_taken), so nobody was signed in.');
  });

  test('says nothing before anything happened', () => {
    expect(verdict(tally([]))).toBe('');
  });
});
