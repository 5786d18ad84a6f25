import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { type SecondCounts, tellSeconds } from './tell-seconds.js';

test('each second is what the counters of k6 grew by, and a counter that k6 does not know yet is 0', async () => {
  const answers: Readonly<Record<string, (number | undefined)[]>> = {
    '/v1/metrics/http_reqs': [30, 75, 75],
    '/v1/metrics/lab_errors': [undefined, 2, 5],
    '/v1/metrics/lab_losses': [undefined, undefined, 1],
  };
  const k6 = createServer((request, response) => {
    const count = answers[request.url ?? '']?.shift();
    response.statusCode = count === undefined ? 404 : 200;
    response.end(JSON.stringify({ data: { attributes: { sample: { count } } } }));
  }).listen(0, '127.0.0.1');
  await once(k6, 'listening');
  const ended = new AbortController();
  const told: SecondCounts[] = [];
  // Three seconds of it are over already.
  const telling = tellSeconds(
    `http://127.0.0.1:${(k6.address() as AddressInfo).port}`,
    Date.now() - 3_000,
    ended.signal,
    (counts) => {
      told.push(counts);
      if (counts.second === 2) ended.abort();
    },
  );
  await expect(telling).rejects.toThrow();
  expect(told).toEqual([
    { second: 0, requests: 30, errors: 0, losses: 0 },
    { second: 1, requests: 45, errors: 2, losses: 0 },
    { second: 2, requests: 0, errors: 3, losses: 1 },
  ]);
  k6.closeAllConnections();
  k6.close();
});
