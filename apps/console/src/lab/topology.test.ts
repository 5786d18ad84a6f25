import { describe, expect, test } from '@jest/globals';
import type { UpstreamView } from '../admin/shapes.js';
import { actionsFor, baselineOf, moodOf, topologyOf } from './topology.js';

const upstream = (name: string, ...requests: number[]): UpstreamView => ({
  name,
  policy: 'round-robin',
  affinity: null,
  hint: null,
  destinations: requests.map((count, index) => ({
    id: `${name.split('-').at(-1)}-${index + 1}`,
    state: 'up',
    inFlight: 0,
    tunnels: 0,
    boundClients: 0,
    counters: { requests: count, failures: 0 },
  })),
});

describe('topology of a scenario', () => {
  test('shows its own upstreams and no others', () => {
    const upstreams = [
      upstream('calm-auth', 1),
      upstream('calm-todo', 1),
      upstream('calmer', 1),
      upstream('console', 1),
    ];
    expect(topologyOf('calm', upstreams, null, new Map()).map(({ app }) => app)).toEqual(['auth', 'todo']);
  });

  test('counts shares from the baseline, not from the start of the gateway', () => {
    const before = baselineOf([upstream('calm', 1000, 10)]);
    const [group] = topologyOf('calm', [upstream('calm', 1003, 11)], null, before);
    expect(group?.destinations.map(({ requests, shareRatio }) => [requests, shareRatio])).toEqual([
      [3, 0.75],
      [1, 0.25],
    ]);
  });

  test('counts all requests of a destination that was replaced since', () => {
    const [group] = topologyOf('calm', [upstream('calm', 2)], null, baselineOf([upstream('calm', 1000)]));
    expect(group?.destinations[0]?.requests).toBe(2);
  });

  test('shows no share before the first request', () => {
    const [group] = topologyOf('calm', [upstream('calm', 0, 0)], null, new Map());
    expect(group?.destinations.map(({ shareRatio }) => shareRatio)).toEqual([0, 0]);
  });

  test('believes the process before the gateway', () => {
    expect(moodOf('up', 'killed')).toBe('killed');
    expect(moodOf('up', 'crashed')).toBe('killed');
    expect(moodOf('up', 'paused')).toBe('paused');
    expect(moodOf('ejected', 'ready')).toBe('ejected');
    expect(moodOf('draining', undefined)).toBe('draining');
  });
});

describe('what can be done to a destination', () => {
  test('is to restart it, once it is dead', () => {
    expect(actionsFor('killed', true)).toEqual(['restart']);
  });

  test('is to wake it, while it is frozen', () => {
    expect(actionsFor('paused', true)).toContain('resume');
    expect(actionsFor('paused', true)).not.toContain('pause');
  });

  test('offers the way back from draining', () => {
    expect(actionsFor('draining', true)).toContain('undrain');
    expect(actionsFor('up', true)).toContain('drain');
  });

  test('is draining alone where no fleet runs it', () => {
    expect(actionsFor('up', false)).toEqual(['drain']);
  });
});
