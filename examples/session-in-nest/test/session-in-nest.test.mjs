// The app as its README builds and starts it, twice, on a real Redis.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startRedis } from '@holdfast/testing';

const folder = fileURLToPath(new URL('..', import.meta.url));
const compiler = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));

let redis;
const servers = [];

async function start() {
  const env = { ...process.env, PORT: '0', REDIS_URL: redis.url, SESSION_SECRETS: 'a-secret-of-this-test-7c1e' };
  const server = spawn(process.execPath, ['dist/main.js'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  servers.push(server);
  for await (const line of createInterface(server.stdout)) {
    if (line.startsWith('listening on ')) return line.slice('listening on '.length);
  }
  throw new Error('the app ended before it listened');
}

before(async () => {
  execFileSync(process.execPath, [compiler, '-p', folder], { stdio: 'inherit' });
  redis = await startRedis();
});

after(async () => {
  for (const server of servers) {
    server.kill('SIGKILL');
    if (server.exitCode === null && server.signalCode === null) await once(server, 'close');
  }
  await redis?.stop();
});

const send = (method, url, cookie, body) =>
  fetch(url, {
    method,
    headers: { ...(cookie && { cookie }), 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });

test('a login on one server is one on the other, parallel writes are kept, and a logout is one everywhere', async () => {
  const [one, two] = await Promise.all([start(), start()]);
  const login = await send('POST', `${one}/login`, undefined, { name: 'ada' });
  assert.equal(login.status, 204);
  const cookie = login.headers.getSetCookie()[0].split(';')[0];
  const items = Array.from({ length: 20 }, (_, n) => `item-${n}`);
  await Promise.all(items.map((item, n) => send('POST', `${n % 2 ? one : two}/cart`, cookie, { item })));
  const me = await (await send('GET', `${two}/me`, cookie)).json();
  assert.equal(me.name, 'ada');
  assert.deepEqual(me.cart.sort(), items.sort());
  assert.equal((await send('POST', `${two}/logout`, cookie)).status, 204);
  for (const [last, code] of [
    [cookie, 'session_ended'],
    [undefined, 'unauthenticated'],
  ]) {
    const refused = await send('GET', `${one}/me`, last);
    assert.deepEqual([refused.status, await refused.json()], [401, { code }]);
  }
});
