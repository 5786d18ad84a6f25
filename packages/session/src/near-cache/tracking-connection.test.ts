import { setImmediate as afterPoll } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { ListeningConnection } from '../redis/redis-port.js';
import { TrackingConnection } from './tracking-connection.js';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

/** A connection that answers everything until `answers` is false. */
function fakeConnection() {
  let ready = () => {};
  const connection = {
    answers: true,
    reconnects: 0,
    becomeReady: () => ready(),
    onReady: (act: () => void) => {
      ready = act;
    },
    onLost: () => undefined,
    subscribe: async () => undefined,
    send: () => (connection.answers ? Promise.resolve('1') : new Promise<never>(() => undefined)),
    reconnect: () => {
      connection.reconnects += 1;
    },
    close: () => undefined,
  };
  return connection;
}

function track(connection: ReturnType<typeof fakeConnection>, heartbeatMs: number): TrackingConnection {
  const events = { onInvalidated: () => undefined, onDoubt: () => undefined };
  return new TrackingConnection(connection as ListeningConnection, 'hf:', heartbeatMs, events);
}

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    jest.advanceTimersByTime(50);
    await afterPoll();
  }
}

test('S0b: a connection whose heartbeat is not answered is made anew by a deadline', async () => {
  const connection = fakeConnection();
  const tracking = track(connection, 250);
  connection.becomeReady();
  await pass(5000);
  expect(connection.reconnects).toBe(0);
  connection.answers = false;
  await pass(2500);
  expect(connection.reconnects).toBe(1);
  tracking.close();
});

test('S0b: so is one that never answers to begin with', async () => {
  const connection = fakeConnection();
  connection.answers = false;
  const tracking = track(connection, 10);
  connection.becomeReady();
  await pass(900);
  expect(connection.reconnects).toBe(0);
  await pass(200);
  expect(connection.reconnects).toBe(1);
  tracking.close();
});
