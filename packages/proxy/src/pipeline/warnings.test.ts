import { expect, test } from '@jest/globals';
import { TrustedProxies } from '../forwarding/client-address.js';
import type { ProxyWarning } from '../proxy-api.js';
import { Warnings } from './warnings.js';

test('P12: a forwarded header that is not believed is told of once', () => {
  const told: ProxyWarning[] = [];
  const warnings = new Warnings(
    () => 0,
    (warning) => told.push(warning),
  );
  const peer = new TrustedProxies([]).peer('10.0.0.5', 80);
  for (let i = 0; i < 3; i++) warnings.disbelieved('X-Forwarded-Proto', peer);
  expect(told).toHaveLength(1);
  expect(told[0]?.message).toContain('X-Forwarded-Proto from 10.0.0.5 was dropped');
  expect(told[0]?.message).toContain('trustedProxies: [10.0.0.5]');
});

test('P21: a lack on this machine is told of at once, then every ten seconds with its number', () => {
  const told: string[] = [];
  let nowMs = 0;
  const warnings = new Warnings(
    () => nowMs,
    ({ message }) => told.push(message),
  );
  for (; nowMs < 10_000; nowMs += 100) warnings.localError('EMFILE', 'no connection could be opened');
  warnings.localError('ENOMEM', 'no connection could be opened');
  warnings.localError('EMFILE', 'no connection could be opened');
  expect(told).toEqual([
    'EMFILE: no connection could be opened; raise the limit of open files of this process (ulimit -n, LimitNOFILE)',
    'ENOMEM: no connection could be opened; the machine is short of memory',
    'EMFILE: no connection could be opened (100 times since the last line); raise the limit of open files of this process (ulimit -n, LimitNOFILE)',
  ]);
});
