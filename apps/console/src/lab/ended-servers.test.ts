import { describe, expect, test } from '@jest/globals';
import { endedSince } from './ended-servers.js';

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
