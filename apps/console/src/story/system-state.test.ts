import { describe, expect, test } from '@jest/globals';
import type { ProcessStatus } from '../admin/shapes.js';
import { baselineOf, bringTo, type SystemSteering, wantedReplicas } from './system-state.js';

const processOf = (id: string, part: Partial<ProcessStatus> = {}): ProcessStatus => ({
  ...{ id, app: id.split('-')[0] ?? id, fleet: 'cached', state: 'ready', pid: 1, restarts: 0 },
  ...part,
});
const monolith = (n: number, state: ProcessStatus['state'] = 'ready') =>
  processOf(`monolith-${n}`, { fleet: 'monolith', state });

/** A system that does at once what it is told. */
function fakeSystem(processes: ProcessStatus[]) {
  const told: string[] = [];
  const mended = new Map<string, ProcessStatus>(processes.map((each) => [each.id, each]));
  const system: SystemSteering = {
    fleet: async () => [...mended.values()],
    upstreams: async () => [],
    control: async (id, action) => {
      told.push(`${action} ${id}`);
      const process = mended.get(id);
      if (process !== undefined) mended.set(id, { ...process, state: 'ready' });
    },
    scale: async (app, replicas) => void told.push(`${app} × ${replicas}`),
    flow: async () => undefined,
  };
  return { system, told };
}

describe('the state that a step begins with', () => {
  test('is what ran before, and the larger number where an earlier story ended in the middle', () => {
    const found = baselineOf([
      monolith(1),
      processOf('auth-1'),
      processOf('auth-2'),
      processOf('todo-1'),
      processOf('chat-1'),
    ]);
    expect(Object.fromEntries(found)).toEqual({ monolith: 2, auth: 2, todo: 2, chat: 2 });
    expect(baselineOf([monolith(1), monolith(2)]).get('auth')).toBe(0);
  });

  test('mends Redis first, then servers, and scales only what differs', async () => {
    const { system, told } = fakeSystem([
      ...[monolith(1, 'paused'), monolith(2, 'killed'), processOf('redis', { fleet: 'stores', state: 'killed' })],
      processOf('reader-1', { app: 'reader', fleet: 'reader' }),
    ]);
    await bringTo(system, wantedReplicas(['monolith'], new Map([['monolith', 2]])));
    expect(told).toEqual(['reader × 0', 'restart redis', 'resume monolith-1', 'restart monolith-2']);
    await bringTo(system, wantedReplicas(['monolith'], new Map([['monolith', 2]]), 1));
    expect(told.at(-1)).toBe('monolith × 1');
  });

  test('says what to start where the servers of a step do not run, or nothing does', async () => {
    const { system } = fakeSystem([monolith(1), processOf('redis')]);
    const wanted = wantedReplicas(['cached'], new Map());
    await expect(bringTo(system, wanted)).rejects.toThrow('npm start -- --scenarios round-robin-cached');
    await expect(bringTo({ ...system, fleet: async () => null }, wanted)).rejects.toThrow('use `npm start`');
  });
});
