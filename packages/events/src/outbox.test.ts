import { afterAll, describe, expect, test } from '@jest/globals';
import { Cluster, Command, Redis } from 'ioredis';
import { isCluster } from './is-cluster.js';
import { Outbox } from './outbox.js';

const redis = new Redis({ lazyConnect: true });
const cluster = new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true });
const slotOf = (key: string) => new Command('get', [key]).getSlot();
const users = Array.from({ length: 500 }, (_, n) => `user-${n}`);

afterAll(() => {
  redis.disconnect();
  cluster.disconnect();
});

describe('the outbox', () => {
  test('is one stream on one Redis, and puts nothing into the names of other keys', () => {
    const outbox = new Outbox(redis, 'hf:');
    expect(outbox.streams).toEqual(['hf:events']);
    expect(new Set(users.map((user) => outbox.key(user)))).toEqual(new Set(['hf:events']));
    expect(outbox.tag('ada')).toBe('');
  });

  test('shares a slot with the state that its events are about, on a Cluster', () => {
    const outbox = new Outbox(cluster, 'hf:');
    for (const user of users) {
      expect(slotOf(outbox.key(user))).toBe(slotOf(`hf:todo:list:${outbox.tag(user)}${user}`));
      expect(slotOf(outbox.key(user))).toBe(slotOf(`hf:chat:${outbox.tag(user)}{${user}}:log`));
      expect(slotOf(outbox.key(user))).toBe(slotOf(`${outbox.key(user)}:dead`));
    }
  });

  test('uses all of its streams, each in a slot of its own', () => {
    const outbox = new Outbox(cluster, 'hf:');
    expect(new Set(users.map((user) => outbox.key(user)))).toEqual(new Set(outbox.streams));
    expect(new Set(outbox.streams.map(slotOf)).size).toBe(16);
  });

  test('never moves: state and events stay where an earlier release put them', () => {
    const outbox = new Outbox(cluster, 'hf:');
    expect(['ada', 'bob', 'lobby'].map((of) => outbox.key(of))).toEqual([
      'hf:events:{p13}',
      'hf:events:{p8}',
      'hf:events:{p6}',
    ]);
  });

  test('S0b: a Cluster client of another copy of ioredis is known as one', () => {
    // It has the same shape but none of our classes.
    const foreign = { isCluster: true, status: 'ready' } as unknown as Cluster;
    expect(new Outbox(foreign, 'hf:').streams).toEqual(new Outbox(cluster, 'hf:').streams);
    expect(isCluster(foreign)).toBe(true);
    expect(isCluster(redis)).toBe(false);
  });
});
