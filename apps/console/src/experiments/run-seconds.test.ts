import { describe, expect, test } from '@jest/globals';
import type { RunEntry } from './lab-client.js';
import { disturbanceText, newestSeconds } from './run-seconds.js';

const kill = { id: 'kill', target: 'server-2', atSeconds: 2.004 };

function entry(part: Partial<RunEntry>): RunEntry {
  return {
    ...{ arm: 'sticky-cookie-local', fault: 'none', phase: 'whole', block: 1, valid: true, users: 25, loggedOut: 0 },
    ...{ todosAcknowledged: 0, todosLost: 0, requests: 0, failedRequests: 0, p99Ms: 0, disturbances: [] },
    ...part,
  };
}

describe('the seconds of the newest finished run', () => {
  test('are those before and after its disturbance', () => {
    const before = { requests: [0, 30], errors: [0, 1], losses: [0, 0] };
    const after = { requests: [0, 0, 25, 24], errors: [0, 0, 2, 0], losses: [0, 0, 0, 3] };
    expect(
      newestSeconds([
        entry({ arm: 'round-robin-cached', perSecond: { requests: [9], errors: [9], losses: [9] } }),
        entry({ phase: 'before', perSecond: before }),
        entry({ phase: 'after', fault: 'kill', perSecond: after, disturbances: [kill] }),
      ]),
    ).toEqual({
      arm: 'sticky-cookie-local',
      perSecond: { requests: [0, 30, 25, 24], errors: [0, 1, 2, 0], losses: [0, 0, 0, 3] },
      disturbances: [kill],
    });
  });

  test('are none where nothing was counted by the second', () => {
    expect(newestSeconds([entry({ perSecond: { requests: [], errors: [], losses: [] } }), entry({})])).toBeUndefined();
  });
});

test('a disturbance is said in words, with its target where it has one', () => {
  expect(disturbanceText(kill)).toBe('kill of server-2, at 2.0 s');
  expect(disturbanceText({ id: 'redis-crash', target: '', atSeconds: 8 })).toBe('redis crash, at 8.0 s');
});
