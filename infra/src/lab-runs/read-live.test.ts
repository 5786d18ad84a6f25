import { expect, test } from '@jest/globals';
import { readLive } from './read-live.js';

test('the seconds and disturbances of a run are gathered from the lab’s lines', () => {
  const lines = [
    'live {"counts":{"second":0,"requests":40,"errors":0,"losses":0}}',
    'live {"disturbance":{"id":"kill","target":"server-2","atSeconds":1.002}}',
    'live {"counts":{"second":1,"requests":31,"errors":3,"losses":2}}',
  ];
  const [first, ...rest] = lines;
  const seen = rest.reduce((before, line) => readLive(line, before), readLive(first ?? ''));
  expect(seen).toEqual({
    perSecond: { requests: [40, 31], errors: [0, 3], losses: [0, 2] },
    disturbances: [{ id: 'kill', target: 'server-2', atSeconds: 1.002 }],
  });
});

test('other lines are none of it', () => {
  expect(readLive('░░░░ 0/14  starting 3 scenarios')).toBeUndefined();
  expect(readLive('live from the lab')).toBeUndefined();
  expect(readLive('live {"counts":{"second":0,"requests"}')).toBeUndefined();
  expect(readLive('live {"counts":{"second":0}}')).toBeUndefined();
});
