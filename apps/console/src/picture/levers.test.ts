import { describe, expect, test } from '@jest/globals';
import type { AdminClient } from '../admin/admin-client.js';
import type { ProcessStatus } from '../admin/shapes.js';
import type { StepOutcome } from '../journey/journey.js';
import { policyLever, resultText, scaleLever, serverLevers } from './levers.js';
import type { PictureServer } from './picture-lane.js';

const server = (held: number | null): PictureServer => ({
  ...{ id: 'm-1', upstream: 'here', mood: 'up', reason: null, load: 0, bound: null, sockets: 0, held, cached: 0 },
});
const process = (id: string, app: string): ProcessStatus => ({
  ...{ id, app, fleet: 'here', state: 'ready', pid: 1, restarts: 0 },
});
const read = (status: number, missingTodos = 0): StepOutcome => ({
  ...{
    kind: 'read',
    status,
    code: status === 200 ? null : 'session_unknown',
    servedBy: 'm-2',
    missingTodos,
    outage: null,
  },
});

/** An admin API that notes what it is asked to do. */
function admin() {
  const asked: string[] = [];
  const client = {
    control: async (id: string, action: string) => void asked.push(`${action} ${id}`),
    setPolicy: async (upstream: string, policy: string) => void asked.push(`${policy} in ${upstream}`),
    scale: async (app: string, replicas: number) => void asked.push(`${app} × ${replicas}`),
  } as unknown as AdminClient;
  return { asked, client };
}

describe('levers', () => {
  test.each([
    [3, 'memory', 'The 3 sessions in its memory will be lost.'],
    [null, 'memory', 'The sessions in its memory will be lost.'],
    [0, 'memory', 'nobody is logged out'],
    [0, 'redis', 'nobody is logged out'],
  ] as const)('say before a kill what %s sessions in %s will become', (held, store, words) => {
    const processes = [process('m-1', 'm')];
    const willBe = (todos: 'memory' | 'redis', mood: PictureServer['mood'] = 'up') => {
      const levers = serverLevers(
        { ...server(held), mood },
        { store, todos },
        { upstreams: [], processes },
        admin().client,
      );
      return levers.map(({ label, will }) => `${label}: ${will}`).join('\n');
    };
    expect(willBe('redis')).toContain(words);
    expect(willBe('redis')).not.toContain('Todos');
    expect(willBe('memory')).toMatch(/Kill m-1: .* Todos in its memory are lost too\./);
    expect(willBe('memory', 'killed')).toBe('Restart m-1: It starts again. Its memory is empty then.');
  });

  test('add and remove a server of every app, and keep the last one', async () => {
    const { asked, client } = admin();
    const processes = [process('m-1', 'm'), process('n-1', 'n'), process('n-2', 'n')];
    const topology = { upstreams: [], processes, baseline: new Map(), trouble: null };
    const servers = processes.map(({ id }) => ({ ...server(0), id }));
    const lanes = [{ groups: [{ app: 'any', upstream: 'here', hint: null, servers }] }];
    await scaleLever(1, lanes, topology, client).act();
    expect(asked).toEqual(['m × 2', 'n × 3']);
    await scaleLever(-1, lanes, topology, client).act();
    expect(asked.slice(2)).toEqual(['n × 1']);
  });

  test.each([
    ['memory', null, /may move to another server\. .* who moves loses the login\./],
    ['memory', 'hf_affinity', /affinity cookie stay where they are/],
    ['redis', null, /knows every session/],
  ] as const)(
    'switch the policy of every app of a scenario: sessions in %s, cookie %s',
    async (store, affinity, words) => {
      const { asked, client } = admin();
      const upstreams = ['s-auth', 's-todo'].map((name) => ({
        ...{ name, affinity, policy: 'round-robin', hint: null, destinations: [] },
      }));
      const lever = policyLever({ whose: 'left', store, upstreams, policy: 'ip-hash' }, client);
      expect(lever.will).toMatch(words);
      await lever.act();
      expect(asked).toEqual(['ip-hash in s-auth', 'ip-hash in s-todo']);
    },
  );

  test('say afterwards what each side met, by the ledger', () => {
    expect(resultText('Kill m-1', { left: [read(401, 3), read(200)], right: [read(200), read(200)] })).toBe(
      'Kill m-1: done. Six reads after it: left, signed out once · 1 of 2 reads incomplete · up to 3 todos missing (by m-2); right, nothing lost (by m-2).',
    );
    expect(resultText('Kill m-1', null)).toMatch(/Nothing was counted/);
    expect(resultText('Kill m-1', { left: null, right: [read(200)] })).toContain('left, not counted, for nobody');
  });
});
