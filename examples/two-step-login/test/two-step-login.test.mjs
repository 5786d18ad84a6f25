// Two servers of the example without a gateway: each step of a login goes to the one or to the other.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '@holdfast/infra';
import { startRedis, waitFor } from '@holdfast/testing';
import { userOf } from '../../support/user.mjs';

const children = [];
let redis;
let inMemory;
let inRedis;

before(async () => {
  redis = await startRedis();
  [inMemory, inRedis] = await Promise.all([twoServers({}), twoServers({ REDIS_URL: redis.url })]);
});

after(async () => {
  for (const child of children) if (child.kill('SIGKILL')) await once(child, 'exit');
  await redis.stop();
});

test('in server memory, each login ends where its second step reaches the other server', async () => {
  const [one, two] = inMemory;
  assert.equal(await byForm(one, one), 302);
  assert.equal(await byForm(one, two), 403);
  assert.equal(await byProvider(one, one), 302);
  assert.equal(await byProvider(one, two), 400);
});

test('in Redis, a login may begin at one server and end at the other', async () => {
  const [one, two] = inRedis;
  assert.equal(await byForm(one, two), 302);
  assert.equal(await byProvider(one, two), 302);
});

/** The status of a login by the form of one server, sent to another. */
async function byForm(first, second) {
  const user = userOf(first);
  const [, csrf] = /name="csrf" value="([^"]+)"/.exec(await (await user.ask('GET', '/login')).text());
  return (await user.ask('POST', '/login', new URLSearchParams({ user: 'ada', csrf }), second)).status;
}

/** The status of the callback at one server, of a login with the provider that began at another. */
async function byProvider(first, second) {
  const user = userOf(first);
  const provider = (await user.ask('GET', '/oauth')).headers.get('location');
  const callback = (await user.ask('GET', provider)).headers.get('location');
  return (await user.ask('GET', callback, undefined, second)).status;
}

async function twoServers(env) {
  return [await startServer(env), await startServer(env)];
}

async function startServer(env) {
  const port = await freePort();
  const { PATH } = process.env;
  const child = spawn(process.execPath, [join(import.meta.dirname, '../server.js')], {
    env: { PATH, SESSION_SECRET: 'a secret for the test that is long enough', PORT: `${port}`, ...env },
    stdio: 'ignore',
  });
  children.push(child);
  const url = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitFor(answers, { what: 'the server answers', timeoutMs: 20_000 });
  return url;
}
