import { expect, test } from '@jest/globals';
import proxyFaults from '../src/runners/proxy-faults.js';

const countedIn = async (fault: string) => {
  const options = proxyFaults.options.parse({ engine: 'holdfast', fault, short: true });
  const [run] = await proxyFaults.run({ experiment: 'proxy', arm: fault, block: 1, options }, () => undefined);
  return run?.counted ?? {};
};

test('a destination that is killed behind the gateway costs no GET, and its replicas count what they did', async () => {
  const { getsFailed, requestsFailed, postsDoneTwice } = await countedIn('kill');
  expect([getsFailed?.hit, postsDoneTwice?.hit]).toEqual([0, 0]);
  expect(requestsFailed?.hit).toBeLessThanOrEqual(2);
  expect(requestsFailed?.of).toBeGreaterThan(500);
}, 120_000);

test('a destination that answers 500 is seen to fail, and then no more', async () => {
  const { failedWhileFailing, failedWhenWell, staysOut } = await countedIn('failing');
  expect(failedWhileFailing?.hit).toBeGreaterThan(0);
  expect([failedWhenWell?.hit, staysOut?.hit]).toEqual([0, 0]);
}, 120_000);

test('two gateways with one secret keep every user in place, and two with secrets of their own do not', async () => {
  const moved = async (fault: string) => (await countedIn(fault)).usersMoved;
  const together = await moved('second-gateway-by-cookie');
  expect(together?.hit).toBe(0);
  // Users are drawn, and not each of the 300 is.
  expect(together?.of).toBeGreaterThan(250);
  const { hit = 0, of = 1 } = (await moved('second-gateway-by-own-secret')) ?? {};
  expect(hit / of).toBeGreaterThan(0.5);
}, 120_000);
