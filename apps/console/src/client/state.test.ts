import { describe, expect, test } from '@jest/globals';
import type { ServerNews } from '../bridge/messages.js';
import type { SessionStore } from '../scenario/catalogue.js';
import { afterTold, type ClientState, initialState, missingTodos, type Told } from './state.js';

const tea = { id: 't1', title: 'tea', done: false, createdAt: '2026-11-21T00:00:00.000Z' };
const milk = { ...tea, id: 't2', title: 'milk' };
const after = (...told: Told[]): ClientState => told.reduce(afterTold, initialState);
const denied = (status: number | null, code = 'session_unknown', store: SessionStore = 'memory'): Told => ({
  kind: 'denied',
  store,
  answer: { ok: false, status, servedBy: 'monolith-2', reason: 'picked', code, detail: 'Some detail' },
});
/** A denial by a server that the gateway chose because the bound one did not accept. */
const moved = (): Told => {
  const told = denied(401);
  return told.kind === 'denied' ? { ...told, answer: { ...told.answer, reason: 'redistributed' } } : told;
};
const news = (what: ServerNews, server = 'monolith-1'): Told => ({ kind: 'server', server, news: what });
const signedIn = (user: string, isNew = false, by: string | null = null): Told => ({
  kind: 'signed-in',
  user,
  isNew,
  by,
});

describe('what the user was told', () => {
  test('keeps the login that one server gave when another denies it', () => {
    const state = after(signedIn('ada'), denied(401));
    expect(state).toMatchObject({ user: 'ada', denial: { by: 'monolith-2' } });
  });

  test('forgets the denial when a server knows the user again', () => {
    expect(after(signedIn('ada'), denied(401), { kind: 'list', todos: [] }).denial).toBeNull();
  });

  test('misses acknowledged todos that a later answer does not hold', () => {
    const state = after({ kind: 'saved', todo: tea }, { kind: 'saved', todo: milk }, { kind: 'list', todos: [milk] });
    expect(missingTodos(state)).toEqual([tea]);
  });

  test('misses every todo while a server denies the user', () => {
    const state = after(signedIn('ada'), { kind: 'saved', todo: tea }, denied(401));
    expect(missingTodos(state)).toEqual([tea]);
  });

  test('does not miss what the user removed', () => {
    expect(missingTodos(after({ kind: 'saved', todo: tea }, { kind: 'removed', id: tea.id }))).toEqual([]);
  });

  test('shows a changed todo in its old place', () => {
    const state = after({ kind: 'list', todos: [tea, milk] }, { kind: 'saved', todo: { ...tea, done: true } });
    expect(state.todos.map(({ id, done }) => [id, done])).toEqual([
      ['t1', true],
      ['t2', false],
    ]);
  });

  test('starts afresh for another user and after signing out', () => {
    const before = [signedIn('ada'), { kind: 'saved', todo: tea }] as const;
    expect(after(...before, signedIn('bob'))).toEqual({ ...initialState, user: 'bob', logins: 2 });
    expect(after(...before, { kind: 'signed-out' })).toEqual(initialState);
  });

  test('takes a failed login for a complaint, not for a lost one', () => {
    expect(after(denied(401))).toMatchObject({ user: null, denial: null, complaint: 'Some detail' });
  });

  test('asks for the code of a second factor, again after a wrong one, and for the password where no login waits for it', () => {
    const asked = after(denied(401, 'second_factor_required'));
    expect(asked).toMatchObject({ user: null, needsCode: true, denial: null, complaint: null });
    const wrong = afterTold(asked, denied(401, 'wrong_code'));
    expect(wrong).toMatchObject({ needsCode: true, complaint: 'Some detail' });
    expect(afterTold(wrong, signedIn('ada'))).toMatchObject({ user: 'ada', needsCode: false, complaint: null });
    expect(afterTold(wrong, { kind: 'signed-out' }).needsCode).toBe(false);
    const late = afterTold(asked, denied(401, 'no_pending_login'));
    expect(late).toMatchObject({ needsCode: false, complaint: expect.stringMatching(/Begin again/) });
  });

  test.each(['redis', 'memory'] as const)(
    'a refused step of logging in again denies no login, sessions in %s',
    (store) => {
      for (const code of ['invalid_credentials', 'second_factor_required', 'wrong_code', 'no_pending_login']) {
        expect(after(signedIn('ada'), denied(401, code, store))).toMatchObject({ user: 'ada', denial: null });
      }
    },
  );

  test('complains about any other failure and keeps what it knew', () => {
    const state = after(signedIn('ada'), { kind: 'saved', todo: tea }, denied(503));
    expect(state).toMatchObject({
      user: 'ada',
      todos: [tea],
      complaint: 'The server answered 503 (session_unknown). Some detail',
    });
  });

  test('U3: nothing is said of the todos of an existing user before they are read', () => {
    expect(after(signedIn('ada')).todosRead).toBe(false);
    expect(after(signedIn('ada'), { kind: 'list', todos: [] }).todosRead).toBe(true);
    expect(after(signedIn('ada', true)).todosRead).toBe(true);
    expect(after(signedIn('ada', true), signedIn('bob')).todosRead).toBe(false);
  });

  test.each(['unauthenticated', 'session_ended', 'session_revoked', 'session_expired', 'session_unknown'])(
    'U2: a shared store that answers %s signs the user out, and no other server is said to know them',
    (code) => {
      const state = after(signedIn('ada'), denied(401, code, 'redis'));
      expect(state.user).toBeNull();
      expect(state.denial?.sentence).not.toMatch(/memory/);
    },
  );

  test('U2: a login in one server’s memory is lost with that server, and not before', () => {
    const at = (home: string) => signedIn('ada', true, home);
    const said = (...told: Told[]) => after(...told).denial?.sentence;
    const ended: Told = { kind: 'server', server: 'monolith-1', news: 'ended' };
    expect(said(at('monolith-1'), denied(401))).toMatch(/never knew .* memory of monolith-1 alone/);
    expect(said(at('monolith-1'), ended, denied(401))).toMatch(/was in the memory of monolith-1 and was lost with/);
    // Said already, it is told anew; a new process at the same place does not bring it back.
    expect(said(at('monolith-1'), denied(401), ended)).toMatch(/was lost with/);
    expect(said(at('monolith-1'), ended, news('away'), news('back'), denied(401))).toMatch(/was lost with/);
    // The very server that signed the user in does not know them, and nobody saw it end.
    expect(said(at('monolith-2'), denied(401))).toMatch(/is gone from there/);
    expect(said(at('monolith-1'), ended, at('monolith-3'), denied(401))).toMatch(/memory of monolith-3 alone/);
  });

  test('U2: a login whose server cannot be reached is not called lost, and is where it was when that server is back', () => {
    const said = (...told: Told[]) => after(signedIn('ada', true, 'monolith-1'), ...told).denial?.sentence;
    const unknown = /^knows nothing .* which cannot be reached; whether monolith-1 still has it is not known\.$/;
    expect(said(news('away'), denied(401))).toMatch(unknown);
    expect(said(denied(401), news('away'))).toMatch(unknown);
    expect(said(news('away'), denied(401), news('back'))).toMatch(/never knew .* memory of monolith-1 alone/);
    expect(said(news('away'), news('ended'), denied(401))).toMatch(/was lost with/);
    expect(said(news('away', 'monolith-3'), denied(401))).toMatch(/memory of monolith-1 alone/);
  });

  test('U2: without a view of the servers, an answer of another one than the bound one says no more than it shows', () => {
    const said = (...told: Told[]) => after(signedIn('ada', true, 'monolith-1'), ...told).denial?.sentence;
    expect(said(moved())).toMatch(/which cannot be reached; whether monolith-1 still has it is not known/);
    // By then the client is bound to the other one.
    expect(said(moved(), denied(401))).toMatch(/never knew .* memory of monolith-1 alone/);
    expect(said(moved(), moved())).toMatch(/never knew .* memory of monolith-1 alone/);
  });

  test('U2: a logout in another tab is told as one, whatever keeps the sessions', () => {
    for (const store of ['memory', 'redis', 'memcached'] as const) {
      expect(after(signedIn('ada'), denied(401, 'unauthenticated', store)).denial?.sentence).toMatch(
        /logout in another tab/,
      );
    }
    expect(after(signedIn('ada'), denied(401)).denial?.sentence).toMatch(/another server’s memory/);
  });

  test.each([
    [503, 'session_unavailable', /store \(Redis\) is unreachable/],
    [503, 'storage_unavailable', /store \(Redis\) is unreachable/],
    [null, 'no_answer', /gateway is unreachable/],
    [502, 'destination_unreachable', /server is unreachable/],
  ])('U4: %s %s names the outage and denies nobody', (status, code, sentence) => {
    const state = after(signedIn('ada'), { kind: 'saved', todo: tea }, denied(status, code, 'redis'));
    expect(state).toMatchObject({ user: 'ada', todos: [tea], denial: null });
    expect(state.complaint).toMatch(sentence);
  });
});
