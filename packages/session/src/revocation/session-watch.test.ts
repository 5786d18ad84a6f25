import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Authenticated, EndReason } from '../sessions.js';
import { SessionWatch } from './session-watch.js';

const session = (sessionId: string): Authenticated => ({
  user: { id: 'ada', name: 'Ada' },
  sessionId,
  createdAt: new Date(0),
  expiresAt: new Date(1),
});

describe('watching sessions', () => {
  let now = 0;
  let heard: string[];
  let over: Map<string, EndReason>;
  let asked: string[];
  let watch: SessionWatch;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask'] });
    now = 0;
    heard = [];
    asked = [];
    over = new Map();
    watch = new SessionWatch(
      async ({ sessionId }) => {
        asked.push(sessionId);
        return over.get(sessionId) ?? null;
      },
      30_000,
      () => now,
    );
  });

  afterEach(() => {
    watch.close();
    jest.useRealTimers();
  });

  const add = (id: string, name = id) => watch.add(session(id), (reason) => heard.push(`${name} ${reason}`));

  test('tells every watcher of that session once, and no other', () => {
    add('a', 'first');
    add('a', 'second');
    add('b');
    watch.ended({ sessionId: 'a', reason: 'logout' });
    watch.ended({ sessionId: 'a', reason: 'revoked' });
    expect(heard).toEqual(['first logout', 'second logout']);
  });

  test('tells nobody who has stopped watching', () => {
    const stop = add('a', 'first');
    add('a', 'second');
    stop();
    stop();
    watch.ended({ sessionId: 'a', reason: 'logout' });
    expect(heard).toEqual(['second logout']);
  });

  test('tells who begins to watch a session that ended a moment ago, as an upgrade under way does', async () => {
    watch.ended({ sessionId: 'a', reason: 'revoked' });
    add('a');
    expect(heard).toEqual([]);
    await Promise.resolve();
    expect(heard).toEqual(['a revoked']);
  });

  test('does not remember for ever', async () => {
    watch.ended({ sessionId: 'a', reason: 'revoked' });
    now = 60_000;
    watch.ended({ sessionId: 'b', reason: 'revoked' });
    add('a');
    await Promise.resolve();
    expect(heard).toEqual([]);
  });

  test('asks again every 30 seconds, once per session, and finds what a lost message would have said', async () => {
    add('a', 'first');
    add('a', 'second');
    add('b');
    over.set('a', 'expired');
    await jest.advanceTimersByTimeAsync(30_000);
    expect(asked).toEqual(['a', 'b']);
    expect(heard).toEqual(['first expired', 'second expired']);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(asked).toEqual(['a', 'b', 'b']);
  });

  test('closes nothing when it cannot tell', async () => {
    watch.close();
    watch = new SessionWatch(async () => Promise.reject(new Error('down')), 30_000);
    add('a');
    await jest.advanceTimersByTimeAsync(90_000);
    expect(heard).toEqual([]);
  });
});
