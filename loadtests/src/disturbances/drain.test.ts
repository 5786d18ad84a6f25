import { expect, test } from '@jest/globals';
import type { Control, ServerControl } from '../systems/control.js';
import deploy from './deploy.js';
import scale from './scale.js';

/** Three servers that note what is done to them; each says how many it still has, one number after the other, the last one for ever. */
function three(occupants: readonly number[]): { control: Control; done: string[] } {
  const done: string[] = [];
  const server = (name: string): ServerControl => {
    const left = [...occupants];
    const note = (what: string) => async () => void done.push(`${what} ${name}`);
    return {
      ...{ kill: note('kill'), pause: note('pause'), resume: note('resume'), restart: note('restart') },
      ...{ drain: note('drain'), slow: note('slow') },
      async occupants() {
        const [now = 0] = left.length > 1 ? left.splice(0, 1) : left;
        done.push(`${now} at ${name}`);
        return now;
      },
    };
  };
  const servers = new Map(['1', '2', '3'].map((name) => [`server-${name}`, server(name)]));
  return { done, control: { servers, scale: async (replicas) => void done.push(`scale ${replicas}`) } };
}

test('a deploy at once restarts one server after the other', async () => {
  const { control, done } = three([7]);
  await deploy.disturb(control, 'at-once');
  expect(done).toEqual(['restart 1', 'restart 2', 'restart 3']);
});

test('a drained deploy restarts a server when nobody is left at it', async () => {
  const { control, done } = three([2, 0]);
  await deploy.disturb(control, { drainSeconds: 60 });
  const each = (name: string) => [`drain ${name}`, `2 at ${name}`, `0 at ${name}`, `restart ${name}`];
  expect(done).toEqual(['1', '2', '3'].flatMap(each));
});

test('a drained deploy waits for users who stay until its deadline, and no longer', async () => {
  const { control, done } = three([2]);
  const begunMs = performance.now();
  await deploy.disturb(control, { drainSeconds: 0.2 });
  expect(performance.now() - begunMs).toBeGreaterThan(590);
  expect(done.filter((what) => !what.startsWith('2 at'))).toEqual([
    ...['drain 1', 'restart 1', 'drain 2', 'restart 2', 'drain 3', 'restart 3'],
  ]);
});

test('a drain without a deadline is no deploy', () => {
  expect(deploy.options.safeParse('drained').success).toBe(false);
  expect(deploy.options.safeParse({ drainSeconds: 10 }).success).toBe(true);
});

test('servers that go are drained at the same time before they are taken away', async () => {
  const { control, done } = three([1, 0]);
  await scale.disturb(control, { to: 1, drainSeconds: 60 });
  expect(done.slice(0, 2)).toEqual(['drain 2', 'drain 3']);
  expect(done.at(-1)).toBe('scale 1');
  expect(done.filter((what) => what.startsWith('0 at'))).toEqual(['0 at 2', '0 at 3']);
});

test('without a drain the number of servers changes at once, and only servers that go are drained', async () => {
  const { control, done } = three([1]);
  await scale.disturb(control, 2);
  expect(done).toEqual(['scale 2']);
  expect(scale.options.safeParse({ to: 6, drainSeconds: 10 }).success).toBe(false);
  expect(scale.options.safeParse({ drainSeconds: 10 }).success).toBe(false);
});
