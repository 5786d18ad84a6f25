import { describe, expect, it } from '@jest/globals';
import { fullJourney, missingFrom, type StepOutcome, worked } from './journey.js';
import { tally, verdict } from './ledger.js';

const outcome = (
  kind: StepOutcome['kind'],
  status: number | null,
  missingTodos = 0,
  servedBy: string | null = 'a-1',
) => ({
  kind,
  status,
  missingTodos,
  servedBy,
});

describe('journey', () => {
  it('registers, adds three todos and reads six times', () => {
    const kinds = fullJourney({ username: 'ada', password: 'secret' }).map(({ kind }) => kind);
    expect(kinds).toEqual(['register', 'add', 'add', 'add', ...Array(6).fill('read')]);
  });

  it('misses the todos that were acknowledged and are not in the answer', () => {
    expect(missingFrom([{ id: 'b' }], new Set(['a', 'b', 'c']))).toBe(2);
    expect(missingFrom([{ id: 'b' }, { id: 'x' }], new Set(['b']))).toBe(0);
  });

  it('does not call a read that lacks todos a success', () => {
    expect(worked(outcome('read', 200, 1))).toBe(false);
    expect(worked(outcome('read', 200))).toBe(true);
    expect(worked(outcome('read', null))).toBe(false);
  });
});

describe('ledger', () => {
  it('says that nothing was lost when every step worked', () => {
    expect(verdict(tally([outcome('register', 201), outcome('add', 201), outcome('read', 200)]))).toBe('Nothing lost');
  });

  it('counts refused logins, unsaved todos and incomplete reads apart', () => {
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
      failed: 1,
      todosTried: 2,
      todosSaved: 1,
      reads: 4,
      fullReads: 1,
      servers: ['m-1', 'm-2', 'm-3'],
    });
    expect(verdict(ledger)).toBe('Signed out 2 times · 1 of 2 todos not saved · 3 of 4 reads incomplete · Failed once');
  });

  it('says so when a scenario does not run at all', () => {
    expect(verdict(tally([outcome('register', 503, 0, null), outcome('read', null, 0, null)]))).toBe(
      'Every request failed',
    );
  });

  it('says nothing before anything happened', () => {
    expect(verdict(tally([]))).toBe('');
  });
});
