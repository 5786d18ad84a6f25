import { expect, test } from '@jest/globals';
import type { MessageRate } from './message-rate.js';
import { Users, type UsersOptions } from './users.js';

/** Redis, as the instances of one fleet see it; a test ends the pauses between two shares. */
function fleet(options: Partial<UsersOptions> = {}) {
  const sent = new Map<string, number>();
  const pauses: (() => void)[] = [];
  const world = { isAway: false };
  const counts = {
    async add(userId: string, frames: number) {
      if (world.isAway) throw new Error('not now');
      sent.set(userId, (sent.get(userId) ?? 0) + frames);
      return { count: sent.get(userId) ?? 0, leftMs: 30_000 };
    },
  };
  const pause = () => new Promise<void>((resolve) => pauses.push(resolve));
  const instance = () => new Users({ framesPerMinute: 10, mostSockets: 4, counts, pause, ...options });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const nextShare = async () => {
    for (const end of pauses.splice(0)) end();
    await settle();
  };
  const send = (users: Users, rate: MessageRate | undefined, times: number) =>
    Array.from({ length: times }, () => {
      const isAdmitted = rate?.admit();
      users.share('ada');
      return isAdmitted;
    }).filter(Boolean).length;
  return { instance, settle, nextShare, send, sent, world };
}

test('C6: the sockets of one user share one limit', () => {
  const { instance, send } = fleet();
  const users = instance();
  const rates = [users.enter('ada'), users.enter('ada'), users.enter('ada'), users.enter('ada')];
  expect(rates.map((rate) => send(users, rate, 4))).toEqual([4, 4, 2, 0]);
  expect(users.enter('bob')?.admit()).toBe(true);
});

test('C6: a user who comes back has no new allowance until the minute is over', () => {
  const { instance, send } = fleet();
  const users = instance();
  expect(send(users, users.enter('ada'), 12)).toBe(10);
  users.leave('ada');
  users.forget();
  expect(send(users, users.enter('ada'), 1)).toBe(0);
});

test('C6: instances learn what the user sent to the others', async () => {
  const { instance, settle, nextShare, send } = fleet();
  const [first, second] = [instance(), instance()];
  const [here, there] = [first.enter('ada'), second.enter('ada')];
  expect(send(first, here, 9)).toBe(9);
  await settle();
  await nextShare();
  expect(send(second, there, 3)).toBe(3);
  await settle();
  expect(send(second, there, 1)).toBe(0);
});

test('C6: a user who sends little costs Redis nothing', async () => {
  const { instance, settle, send, sent } = fleet();
  const users = instance();
  send(users, users.enter('ada'), 2);
  await settle();
  expect(sent.size).toBe(0);
});

test('C6: what could not be shared while Redis was away is shared later, once', async () => {
  const { instance, settle, nextShare, send, sent, world } = fleet();
  const users = instance();
  const rate = users.enter('ada');
  world.isAway = true;
  expect(send(users, rate, 3)).toBe(3);
  await settle();
  await nextShare();
  world.isAway = false;
  await nextShare();
  await nextShare();
  expect(sent.get('ada')).toBe(3);
  expect(send(users, rate, 8)).toBe(7);
});

test('C6: a user has at most so many sockets, and may open one when another has closed', () => {
  const users = fleet({ mostSockets: 2 }).instance();
  expect([users.enter('ada'), users.enter('ada'), users.enter('ada')].map(Boolean)).toEqual([true, true, false]);
  expect(users.enter('bob')).toBeDefined();
  users.leave('ada');
  expect(users.enter('ada')).toBeDefined();
});
