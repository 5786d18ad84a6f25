import { setImmediate as settled } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { ListeningConnection, RedisPort } from '../redis/redis-port.js';
import { EndedChannel } from './ended-channel.js';

const spyOnWarnings = () => jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
let warned: ReturnType<typeof spyOnWarnings>;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  warned = spyOnWarnings();
});
afterEach(() => {
  warned.mockRestore();
  jest.useRealTimers();
});

function refusal(): Error {
  const error = new Error("NOPERM this user has no permissions to run the 'subscribe' command");
  error.name = 'ReplyError';
  return error;
}

test('S13: a refused subscription is reported once and tried again until it is allowed', async () => {
  let isAllowed = false;
  let tries = 0;
  const connection: Partial<ListeningConnection> = {
    onReady: (act) => act(),
    onLost: () => undefined,
    subscribe: async () => {
      tries += 1;
      if (!isAllowed) throw refusal();
    },
    close: () => undefined,
  };
  const onReconnected = jest.fn();
  const port = { listen: () => connection } as unknown as RedisPort;
  const channel = new EndedChannel(port, 'hf:ended', () => undefined, onReconnected);
  await settled();
  for (let n = 0; n < 3; n += 1) {
    jest.advanceTimersByTime(5000);
    await settled();
  }
  expect(tries).toBe(4);
  expect(onReconnected).not.toHaveBeenCalled();
  expect(warned.mock.calls.map(([message]) => String(message))).toEqual([expect.stringContaining('SUBSCRIBE')]);
  isAllowed = true;
  jest.advanceTimersByTime(5000);
  await settled();
  expect(onReconnected).toHaveBeenCalledTimes(1);
  jest.advanceTimersByTime(60_000);
  await settled();
  expect(tries).toBe(5);
  channel.close();
});
