import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';

let redis: TestRedis;
let app: TestApp;

beforeEach(async () => {
  redis = await startRedis();
  app = await startApp(redis.url);
});

afterEach(async () => {
  await app.close();
  await redis.stop();
});

const scriptsAreLoaded = () =>
  waitFor(async () => Number(/number_of_cached_scripts:(\d+)/.exec(await app.redis.info('memory'))?.[1]) >= 10);

const calls = async (command: string) =>
  Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, 'm').exec(await app.redis.info('commandstats'))?.[1] ?? 0);

test('S16: the first login of a process waits once, since its script was loaded at start', async () => {
  await scriptsAreLoaded();
  await app.redis.config('RESETSTAT');
  expect((await new Browser().post(`${app.url}/login/ada`)).status).toBe(200);
  expect(await calls('eval')).toBe(0);
});

test('S16: the scripts are loaded again when the connection is made anew, perhaps to a Redis that was restarted', async () => {
  await scriptsAreLoaded();
  await app.redis.script('FLUSH');
  await app.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await scriptsAreLoaded();
});
