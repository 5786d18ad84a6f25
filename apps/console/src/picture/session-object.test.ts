import { describe, expect, test } from '@jest/globals';
import type { ProcessStatus } from '../admin/shapes.js';
import type { Asked } from '../bridge/messages.js';
import type { DestinationMood } from '../lab/topology.js';
import { type Death, sessionObject } from './session-object.js';
import { lifeText, placeAnswers, placeText, tokenAt } from './session-text.js';

const asked = (at: number, path: string, servedBy: string, session: string, more: Partial<Asked> = {}): Asked => ({
  ...{ method: 'POST', path, status: 200, code: null, servedBy, session, sessionKey: null, at, reason: 'picked' },
  user: 'ada',
  ...more,
});
const login = asked(1_000, '/auth/login', 'm-2', 'memory;written');
const refused = (at: number, by: string, code: string) =>
  asked(at, '/todos', by, 'memory;missing', { method: 'GET', status: 401, code });
const died = (at: number, id: string): Death => ({ kind: 'death', at, id });

describe('a session as an object, in server memory', () => {
  test('is in the server that made it, whoever does not find it', () => {
    const object = sessionObject([login, refused(1_100, 'm-3', 'session_unknown')], [], 'memory');
    expect(object).toMatchObject({ owner: 'ada', createdAt: 1_000, missedBy: 'm-3' });
    expect(placeText(object, true)).toBe('Session in the memory of m-2; m-3 did not find it');
    expect([tokenAt(object, 'm-1'), tokenAt(object, 'm-2'), tokenAt(object, 'm-3')]).toEqual([
      ...[null, 'session', 'not found'],
    ]);
  });

  test('is not called there while its server cannot be reached, nor gone', () => {
    const object = sessionObject([login, refused(1_100, 'm-3', 'session_unknown')], [], 'memory');
    const text = (mood: DestinationMood) => placeText(object, placeAnswers(object, [{ id: 'm-2', mood }], null));
    for (const mood of ['paused', 'down', 'ejected'] as const) {
      expect(text(mood)).toBe('Session last seen in the memory of m-2, which is unreachable; m-3 did not find it');
    }
    expect(text('draining')).toBe('Session in the memory of m-2; m-3 did not find it');
    expect(placeText(object, placeAnswers(object, [], null))).toBe('Session in the memory of m-2; m-3 did not find it');
  });

  test('is gone with that server and its todos, in the order in which things happened', () => {
    const added = asked(1_050, '/todos', 'm-2', 'memory;read');
    const alive = sessionObject([login, added], [died(900, 'm-2')], 'memory');
    expect([placeText(alive, true), alive.todos.get('m-2')]).toEqual(['Session in the memory of m-2', 1]);
    const gone = sessionObject([login, added], [died(1_200, 'm-2')], 'memory');
    expect([placeText(gone, true), gone.todos.get('m-2')]).toEqual([
      'Session gone with the process that had it',
      undefined,
    ]);
  });

  test('that is older than the page is found by its first reading, its age unknown', () => {
    const object = sessionObject([asked(1_000, '/todos', 'm-1', 'memory;read', { method: 'GET' })], [], 'memory');
    expect(placeText(object, true)).toBe('Session in the memory of m-1');
    expect(lifeText(object, 4_500)).toBe('age unknown · read by m-1 3 s ago');
  });
});

test('a cookie that was dropped or edited names nobody that is known, until an answer says it', () => {
  const read = asked(3_000, '/todos', 'm-3', 'memory;missing', { method: 'GET' });
  const cookie = { kind: 'cookie', at: 2_000 } as const;
  expect(sessionObject([login], [], 'memory').bound).toEqual(['m-2']);
  expect(sessionObject([login], [cookie], 'memory').bound).toBeNull();
  expect(sessionObject([login, read], [cookie], 'memory').bound).toEqual(['m-3']);
});

describe('a session as an object, in Redis', () => {
  const cached = [
    asked(1_000, '/auth/register', 'auth-1', 'redis;written', { sessionKey: 'hf:{3f}:x' }),
    asked(1_100, '/todos', 'todo-1', 'near-cache;read', { method: 'GET' }),
  ];

  test('has a key and copies, which a write takes away', () => {
    const object = sessionObject(cached, [], 'redis');
    expect(object.key).toBe('hf:{3f}:x');
    expect(placeText(object, true)).toBe('Session in Redis, copied into todo-1');
    expect([tokenAt(object, 'redis'), tokenAt(object, 'todo-1')]).toEqual(['session', 'copy']);
    const written = [...cached, asked(1_200, '/auth/password', 'auth-2', 'redis;written')];
    expect(placeText(sessionObject(written, [], 'redis'), true)).toBe('Session in Redis');
  });

  test('is neither there nor lost while Redis does not answer', () => {
    expect(placeText(sessionObject(cached, [died(1_200, 'redis')], 'redis'), false)).toBe(
      'Session in Redis, which is unreachable',
    );
  });

  test('is there again when another tab has logged in', () => {
    const forgotten = [...cached, refused(2_000, 'todo-2', 'unauthenticated')];
    const object = sessionObject(
      [...forgotten, asked(2_100, '/todos', 'todo-1', 'redis;read', { method: 'GET' })],
      [],
      'redis',
    );
    expect(placeText(object, true)).toBe('Session in Redis');
  });

  test('is unreachable with its own store, not with another one', () => {
    const processes = (states: Record<string, ProcessStatus['state']>) =>
      Object.entries(states).map(([app, state]) => ({ id: app, app, state, fleet: 'stores', pid: 1, restarts: 0 }));
    const object = sessionObject([asked(1_000, '/auth/login', 'auth-1', 'memcached;written')], [], 'redis');
    const text = (states: Record<string, ProcessStatus['state']>) =>
      placeText(object, placeAnswers(object, [], processes(states)));
    expect(text({ redis: 'paused', memcached: 'ready' })).toBe('Session in Memcached');
    expect(text({ redis: 'ready', memcached: 'paused' })).toBe('Session in Memcached, which is unreachable');
    expect(text({ redis: 'paused' })).toBe('Session in Memcached');
    const inRedis = sessionObject(cached, [], 'redis');
    expect(placeAnswers(inRedis, [], processes({ redis: 'paused', memcached: 'ready' }))).toBe(false);
  });

  test.each([
    [
      asked(2_000, '/auth/logout', 'auth-3', 'redis;written', { status: 204, user: null }),
      'Session destroyed by the logout',
    ],
    [refused(2_000, 'todo-2', 'session_ended'), 'Session ended elsewhere'],
    [refused(2_000, 'todo-2', 'session_revoked'), 'Session ended elsewhere'],
    [refused(2_000, 'todo-2', 'session_expired'), 'Session expired'],
    [refused(2_000, 'todo-2', 'session_unknown'), 'Session no longer in the store: ended, expired or lost'],
    [refused(2_000, 'todo-2', 'unauthenticated'), 'No login in this browser any more'],
  ])('is no more after %j', (last, words) => {
    const object = sessionObject([...cached, last], [], 'redis');
    expect(placeText(object, true)).toBe(words);
    expect(tokenAt(object, 'redis')).toBeNull();
  });
});
