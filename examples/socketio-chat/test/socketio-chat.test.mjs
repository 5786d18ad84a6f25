import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { countAll } from '../count-all.js';

// Two on each of three servers: one's message reaches two of six without the adapter.
const USERS = 6;
const ALL = { connected: 6, of: 6, unknown: 0, delivered: 36, due: 36 };
const NONE = { connected: 0, of: 6, unknown: 6, delivered: 0, due: 0 };
const OWN_SERVER_ONLY = { ...ALL, delivered: 12 };

const counted = new Map();

before(async () => {
  for await (const { adapter, transport, routing, ...count } of countAll(USERS))
    counted.set(`${transport} × ${routing}${adapter ? ', adapter' : ''}`, count);
});

for (const polls of ['polling', 'polling, then websocket'])
  test(`${polls}: round robin lets nobody in, a cookie everybody; the adapter does not change that`, () => {
    assert.deepEqual(counted.get(`${polls} × round-robin`), NONE);
    assert.deepEqual(counted.get(`${polls} × round-robin, adapter`), NONE);
    assert.deepEqual(counted.get(`${polls} × cookie`), OWN_SERVER_ONLY);
    assert.deepEqual(counted.get(`${polls} × cookie, adapter`), ALL);
  });

test('websocket alone connects with any routing, and a message leaves its server only with the adapter', () => {
  for (const routing of ['round-robin', 'cookie']) {
    assert.deepEqual(counted.get(`websocket × ${routing}`), OWN_SERVER_ONLY);
    assert.deepEqual(counted.get(`websocket × ${routing}, adapter`), ALL);
  }
});
