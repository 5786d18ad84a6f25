import { describe, expect, test } from '@jest/globals';
import type { ProcessStatus, UpstreamView } from '../admin/shapes.js';
import { pictureLane } from './picture-lane.js';

type Destination = UpstreamView['destinations'][number];
const destination = (state: Destination['state'], more: Partial<Destination> = {}): Destination => ({
  ...{ id: 'app-1', state, inFlight: 5, tunnels: 2, boundClients: 3, counters: { requests: 0, failures: 0 } },
  ...more,
});
const upstream = (affinity: string | null, ...destinations: Destination[]): UpstreamView => ({
  ...{ name: 'here', policy: 'round-robin', affinity, hint: null, destinations },
});
const process = (state: ProcessStatus['state']): ProcessStatus => ({
  ...{ id: 'app-1', app: 'app', fleet: 'app', state, pid: 1, restarts: 0 },
});
const counts = new Map([['here/app-1', { id: 'app-1', held: 7, cached: 0, said: null, heard: null }]]);
const because = (state: string) =>
  new Map([['here/app-1', { upstream: 'here', destination: 'app-1', state, because: 'three probes failed' }]]);

function serverOf(view: UpstreamView, processes: ProcessStatus[] | null, changes = new Map(because('ejected'))) {
  return pictureLane('here', { upstreams: [view], processes, baseline: new Map() }, changes, counts)[0]?.servers[0];
}

describe('a server of the picture', () => {
  test('tells its load without open sockets, and its sessions', () => {
    expect(serverOf(upstream(null, destination('up')), [process('ready')])).toMatchObject({
      ...{ mood: 'up', reason: null, load: 3, sockets: 2, held: 7, cached: 0 },
    });
  });

  test('has bound clients only where a cookie binds them', () => {
    expect(serverOf(upstream(null, destination('up')), null)?.bound).toBeNull();
    expect(serverOf(upstream('hf_affinity', destination('up')), null)?.bound).toBe(3);
  });

  test('is explained by the gateway’s newest change, while that is its state', () => {
    const ejected = upstream(null, destination('ejected'));
    expect(serverOf(ejected, null)?.reason).toBe('three probes failed');
    expect(serverOf(ejected, null, because('up'))?.reason).toMatch(/unknown/);
    expect(serverOf(ejected, null, new Map())?.reason).toMatch(/unknown/);
  });

  test('that was killed says so before the gateway noticed, and its sessions are unknown, not none', () => {
    expect(serverOf(upstream(null, destination('up')), [process('killed')])).toMatchObject({
      ...{ mood: 'killed', reason: 'its process was killed', held: null, cached: null },
    });
  });
});
