import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { ConfigError, createProxy } from '@holdfast/proxy';
import { startProxy } from '../proxy.js';

const FULL = 2;
const held = [];
let servers;
let started;
let url;

before(async () => {
  // Answers when the test says so.
  servers = await Promise.all(
    [1, 2, 3].map(async () => {
      const server = createServer((_req, res) => held.push(res)).listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const urls = servers.map((server) => `http://127.0.0.1:${server.address().port}`);
  started = await startProxy(urls, { port: 0, full: FULL });
  url = `http://127.0.0.1:${started.port}`;
});

after(async () => {
  await started?.proxy.close();
  for (const server of servers ?? []) server.close();
});

test('the first server is filled before the next, and a full fleet shares what is too much', async () => {
  const answers = [];
  for (let n = 0; n < 7; n++) {
    answers.push(fetch(url));
    while (held.length <= n) await new Promise((resolve) => setImmediate(resolve));
  }
  for (const res of held) res.end('done');
  const served = (await Promise.all(answers)).map(({ headers }) => headers.get('x-served-by'));
  assert.deepEqual(served, ['app-1', 'app-1', 'app-2', 'app-2', 'app-3', 'app-3', 'app-1']);
});

test('a name that nobody gave is a mistake that lists what there is', () => {
  const config = { upstreams: { app: { policy: 'fill-last', destinations: [] } }, routes: [] };
  assert.throws(
    () => createProxy(config, { policies: { 'fill-first': () => undefined } }),
    (error) =>
      error instanceof ConfigError && /fill-first/.test(error.message) && /policy/.test(error.mistakes[0].path),
  );
});
