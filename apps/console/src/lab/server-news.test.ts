import { describe, expect, test } from '@jest/globals';
import type { UpstreamView } from '../admin/shapes.js';
import { endedSince, movedSince, reachOf } from './server-news.js';

const one = (state: 'ready' | 'killed' | 'paused' | 'starting', pid: number | null = 7) => ({ id: 'm-1', state, pid });

describe('servers that have ended', () => {
  test('are those that were killed, are gone, or came back as another process', () => {
    expect(endedSince([one('ready')], [one('killed')])).toEqual(['m-1']);
    expect(endedSince([one('ready')], [])).toEqual(['m-1']);
    expect(endedSince([one('ready')], [one('ready', 8)])).toEqual(['m-1']);
  });

  test('are none while they only pause, start, or have ended before', () => {
    expect(endedSince([one('ready')], [one('paused')])).toEqual([]);
    expect(endedSince([one('killed')], [one('killed')])).toEqual([]);
    expect(endedSince([one('killed', null)], [one('starting', 8)])).toEqual([]);
    expect(endedSince([one('starting', null)], [one('ready', 8)])).toEqual([]);
  });
});

describe('servers out of reach', () => {
  const upstream = (name: string, state: UpstreamView['destinations'][number]['state']): UpstreamView => ({
    ...{ name, policy: 'round-robin', affinity: null, hint: null },
    destinations: [
      { id: 'm-1', state, inFlight: 0, tunnels: 0, boundClients: 0, counters: { requests: 0, failures: 0 } },
    ],
  });
  const reach = (state: Parameters<typeof upstream>[1], process?: 'ready' | 'paused') =>
    reachOf('here', {
      upstreams: [upstream('here', state), upstream('there', 'up')],
      processes: process === undefined ? null : [{ ...one(process), app: 'm', fleet: 'm', restarts: 0 }],
    });

  test('are told when they go and when they come back, by the gateway or by their process', () => {
    expect(movedSince(reach('up'), reach('down'))).toEqual([['m-1', 'away']]);
    expect(movedSince(reach('up', 'ready'), reach('up', 'paused'))).toEqual([['m-1', 'away']]);
    expect(movedSince(reach('ejected'), reach('slow'))).toEqual([['m-1', 'back']]);
  });

  test('are no news while nothing changes, nor when they are first seen', () => {
    expect(movedSince(reach('up'), reach('draining'))).toEqual([]);
    expect(movedSince(reach('down'), reach('ejected'))).toEqual([]);
    expect(movedSince(new Map(), reach('down'))).toEqual([]);
  });
});
