import { expect, test } from '@jest/globals';
import { CpuSnapshots } from './cpu-snapshots.js';

const servers = new Map([
  ['auth-1', 1],
  ['auth-2', 2],
]);
const groups = { gateway: [9], servers: [1, 2], redis: [] };

/** Reads these CPU seconds by pid, at this time. */
function snapshots() {
  const world = { atMs: 0, used: new Map<number, number>() };
  const seen = new CpuSnapshots(
    ...([servers, groups, (pid: number) => world.used.get(pid), () => world.atMs] as const),
  );
  return {
    seen,
    at: (atMs: number, used: Record<number, number>, moment: Parameters<CpuSnapshots['take']>[0]) => {
      Object.assign(world, {
        atMs,
        used: new Map(Object.entries(used).map(([pid, seconds]) => [Number(pid), seconds])),
      });
      seen.take(moment);
    },
  };
}

test('the idle time of each process is what it used in a second before the users began', () => {
  const { seen, at } = snapshots();
  at(1_000, { 1: 5, 2: 6, 9: 1 }, 'idle');
  at(3_000, { 1: 5.002, 2: 6.006, 9: 1.02 }, 'begun');
  at(9_000, { 1: 6, 2: 7, 9: 2 }, 'measured');
  at(19_000, { 1: 7, 2: 8, 9: 2.5 }, 'closing');
  expect(seen.idle()).toEqual({
    ...{ gateway: expect.closeTo(0.01), servers: expect.closeTo(0.004), redis: undefined, generator: 0 },
  });
  expect(seen.idleServers()).toEqual({ 'auth-1': expect.closeTo(0.001), 'auth-2': expect.closeTo(0.003) });
  expect(seen.between('measured', 'closing')).toMatchObject({ gateway: 0.5, servers: 2 });
});

test('the idle time of a process that was not there is not known', () => {
  const { seen, at } = snapshots();
  at(1_000, { 1: 5, 9: 1 }, 'idle');
  at(3_000, { 1: 5, 2: 6, 9: 1 }, 'begun');
  expect(seen.idle()).toMatchObject({ gateway: 0, servers: undefined });
  expect(seen.idleServers()).toEqual({ 'auth-1': 0 });
});

test('a run that was ended before its users began knows no idle time', () => {
  const { seen, at } = snapshots();
  at(1_000, { 1: 5, 2: 6, 9: 1 }, 'idle');
  expect(seen.idle()).toMatchObject({ gateway: undefined, servers: undefined });
});
