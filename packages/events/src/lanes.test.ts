import { expect, jest, test } from '@jest/globals';
import { Lanes } from './lanes.js';

/** Work that ends when the test says so. */
const open = (atOnce: number) => {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const failures: unknown[] = [];
  let mayStart = true;
  const lanes = new Lanes<string>(
    {
      work: (item) => {
        begun.push(item);
        return new Promise((resolve, reject) => {
          ends.set(item, resolve);
          if (item === 'fails') reject(new Error('Redis is away'));
        });
      },
      mayStart: () => mayStart,
      onFailure: (error) => failures.push(error),
    },
    atOnce,
  );
  const end = async (item: string) => {
    ends.get(item)?.();
    // The lane goes on a few turns later.
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  const allow = (may: boolean) => {
    mayStart = may;
    lanes.start();
  };
  return { lanes, begun, end, failures, allow };
};

test('C2: one key goes in order, and no key waits for another', async () => {
  const { lanes, begun, end } = open(64);
  lanes.add('ada', 'a1');
  lanes.add('ada', 'a2');
  lanes.add('bob', 'b1');
  expect(begun).toEqual(['a1', 'b1']);
  await end('b1');
  lanes.add('bob', 'b2');
  expect(begun).toEqual(['a1', 'b1', 'b2']);
  await end('a1');
  expect(begun).toEqual(['a1', 'b1', 'b2', 'a2']);
  expect(lanes.size).toBe(2);
});

test('C2: work that is slow no longer counts against how many are worked on at once', () => {
  jest.useFakeTimers();
  try {
    const { lanes, begun } = open(2);
    for (const key of ['hung-1', 'hung-2', 'ada', 'bob', 'cyd']) lanes.add(key, key);
    expect(begun).toEqual(['hung-1', 'hung-2']);
    expect(lanes.waiting).toBe(3);
    jest.advanceTimersByTime(1_000);
    expect(begun).toEqual(['hung-1', 'hung-2', 'ada', 'bob']);
  } finally {
    jest.useRealTimers();
  }
});

test('no work starts while `mayStart` says no, and all of it starts later', () => {
  const { lanes, begun, allow } = open(2);
  allow(false);
  lanes.add('ada', 'a1');
  expect(begun).toEqual([]);
  allow(true);
  expect(begun).toEqual(['a1']);
});

test('stopping drops work that has not begun, and waits for work that has', async () => {
  const { lanes, begun, end } = open(1);
  lanes.add('ada', 'a1');
  lanes.add('ada', 'a2');
  lanes.add('bob', 'b1');
  let stopped = false;
  const stopping = lanes.stop().then(() => {
    stopped = true;
  });
  await Promise.resolve();
  expect(stopped).toBe(false);
  await end('a1');
  await stopping;
  expect(begun).toEqual(['a1']);
});

test('a failure is reported once, and no more work begins', async () => {
  const { lanes, begun, end, failures } = open(2);
  lanes.add('ada', 'fails');
  lanes.add('ada', 'a2');
  lanes.add('bob', 'b1');
  await end('b1');
  lanes.add('bob', 'b2');
  expect(failures).toEqual([new Error('Redis is away')]);
  expect(begun).toEqual(['fails', 'b1']);
});
