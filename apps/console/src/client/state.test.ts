import { describe, expect, it } from '@jest/globals';
import { afterTold, type ClientState, initialState, missingTodos, type Told } from './state.js';

const tea = { id: 't1', title: 'tea', done: false, createdAt: '2026-11-21T00:00:00.000Z' };
const milk = { ...tea, id: 't2', title: 'milk' };
const after = (...told: Told[]): ClientState => told.reduce(afterTold, initialState);
const denied = (status: number | null): Told => ({
  kind: 'denied',
  answer: { ok: false, status, servedBy: 'monolith-2', code: 'x', detail: 'Some detail' },
});

describe('what the user was told', () => {
  it('keeps the login that one server gave when another denies it', () => {
    const state = after({ kind: 'signed-in', user: 'ada' }, denied(401));
    expect(state).toMatchObject({ user: 'ada', deniedBy: 'monolith-2' });
  });

  it('forgets the denial when a server knows the user again', () => {
    expect(after({ kind: 'signed-in', user: 'ada' }, denied(401), { kind: 'list', todos: [] }).deniedBy).toBeNull();
  });

  it('misses acknowledged todos that a later answer does not hold', () => {
    const state = after({ kind: 'saved', todo: tea }, { kind: 'saved', todo: milk }, { kind: 'list', todos: [milk] });
    expect(missingTodos(state)).toEqual([tea]);
  });

  it('misses every todo while a server denies the user', () => {
    const state = after({ kind: 'signed-in', user: 'ada' }, { kind: 'saved', todo: tea }, denied(401));
    expect(missingTodos(state)).toEqual([tea]);
  });

  it('does not miss what the user removed', () => {
    expect(missingTodos(after({ kind: 'saved', todo: tea }, { kind: 'removed', id: tea.id }))).toEqual([]);
  });

  it('shows a changed todo in its old place', () => {
    const state = after({ kind: 'list', todos: [tea, milk] }, { kind: 'saved', todo: { ...tea, done: true } });
    expect(state.todos.map(({ id, done }) => [id, done])).toEqual([
      ['t1', true],
      ['t2', false],
    ]);
  });

  it('starts afresh for another user and after signing out', () => {
    const before = [
      { kind: 'signed-in', user: 'ada' },
      { kind: 'saved', todo: tea },
    ] as const;
    expect(after(...before, { kind: 'signed-in', user: 'bob' })).toEqual({ ...initialState, user: 'bob' });
    expect(after(...before, { kind: 'signed-out' })).toEqual(initialState);
  });

  it('takes a failed login for a complaint, not for a lost one', () => {
    expect(after(denied(401))).toMatchObject({ user: null, deniedBy: null, complaint: 'Some detail' });
  });

  it('complains about any other failure and keeps what it knew', () => {
    const state = after({ kind: 'signed-in', user: 'ada' }, { kind: 'saved', todo: tea }, denied(503));
    expect(state).toMatchObject({ user: 'ada', todos: [tea], complaint: 'Some detail' });
  });
});
