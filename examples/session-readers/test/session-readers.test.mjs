// One session in five languages, on a real Redis.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startRedis } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { WebSocket } from 'ws';
import { had } from '../../support/had.mjs';
import { READERS } from './readers.mjs';
import { serve, until } from './run.mjs';

const SECRETS = ['the-secret-that-signs-9f2c', 'the-secret-before-it-71ad'];
const WRITERS = ['php', 'python'];
const nodeServer = () => [process.execPath, ['server.js'], fileURLToPath(new URL('../node', import.meta.url))];

let server;
let redis;
let node;
let env;

before(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  env = { REDIS_URL: server.url, SESSION_SECRETS: SECRETS.join(',') };
  node = await serve(nodeServer, env);
});

after(async () => {
  await node?.end();
  redis?.disconnect();
  await server?.stop();
});

const request = (method, url, cookie, body) =>
  fetch(url, {
    method,
    headers: { ...(cookie && { cookie }), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const me = async ({ url }, cookie) => {
  const answer = await request('GET', `${url}/me`, cookie);
  return answer.status === 200 ? await answer.json() : answer.status;
};
const set = async ({ url }, cookie, name, value) =>
  (await request('PUT', `${url}/attributes/${name}`, cookie, value)).status;
const cookieOf = (answer) => answer.headers.getSetCookie()[0].split(';')[0];
const logIn = async ({ url }, user = { id: 'ada', name: 'Ada Lövelace', role: 'admin' }) =>
  cookieOf(await request('POST', `${url}/login`, undefined, user));
const sidOf = (cookie) => decodeURIComponent(cookie.split('=')[1]).slice(2).split('.')[0];
const signed = (sid, secret) =>
  `hf_sid=${encodeURIComponent(`s:${sid}.${createHmac('sha256', secret).update(sid).digest('base64').replace(/=+$/, '')}`)}`;
const liveKey = async () => (await redis.keys('hf:session:{*'))[0];

async function socketOf(cookie) {
  const socket = new WebSocket(node.url.replace('http', 'ws'), { headers: { cookie } });
  await once(socket, 'open');
  return socket;
}

for (const [language, obtain] of Object.entries(READERS)) {
  const { value: commandOf, missing } = await had(language.toUpperCase(), obtain);

  describe(`the session in ${language}`, { skip: missing }, () => {
    let reader;

    before(async () => {
      reader = await serve(commandOf, env);
    });
    after(() => reader?.end());

    test('a login on Node is read, with user and attributes of every kind', async () => {
      const cookie = await logIn(node);
      const cart = { items: ['é "quoted" / 🙂', 1.5, -3, true, null, {}], empty: [] };
      await set(node, cookie, 'cart', cart);
      await set(node, cookie, 'nothing', null);
      assert.deepEqual(await me(reader, cookie), {
        user: { id: 'ada', name: 'Ada Lövelace', role: 'admin' },
        attributes: { cart, nothing: null },
      });
    });

    test('a cookie that a secret before signed is read, also behind a forged one and between others', async () => {
      const cookie = await logIn(node);
      const old = signed(sidOf(cookie), SECRETS[1]);
      assert.equal((await me(reader, old)).user.id, 'ada');
      assert.equal((await me(reader, `x_hf_sid=1; hf_sid=s:forged.sig; ${old}; theme=dark`)).user.id, 'ada');
    });

    test('a forged cookie is refused', async () => {
      const cookie = await logIn(node);
      const sid = sidOf(cookie);
      const values = [signed(sid, 'some-other-secret'), signed(`${sid}x`, SECRETS[0]), `hf_sid=${sid}`];
      for (const value of [
        ...values,
        'hf_sid=',
        'hf_sid=s:.',
        `hf_sid=s:${sid}.`,
        'hf_sid=%E0%A4%A',
        cookie.slice(0, -1),
      ]) {
        assert.equal(await me(reader, value), 401, value);
      }
    });

    test('the session of a visitor who has not logged in is nobody', async () => {
      const answer = await request('PUT', `${node.url}/attributes/theme`, undefined, 'dark');
      assert.equal(await me(reader, cookieOf(answer)), 401);
    });

    test('a session that ended on Node is refused at once', async () => {
      const cookie = await logIn(node);
      assert.equal((await me(reader, cookie)).user.id, 'ada');
      await request('POST', `${node.url}/logout`, cookie);
      assert.equal(await me(reader, cookie), 401);
    });

    test('an expired session is refused', async () => {
      await redis.flushall();
      // The first login of a process may take a second where others keep the machine busy.
      const brief = await serve(nodeServer, { ...env, IDLE_SECONDS: '3' });
      const cookie = await logIn(brief);
      const key = await liveKey();
      await until(async () => (await redis.exists(key)) === 0);
      assert.equal(await me(reader, cookie), 401);
      await brief.end();
    });

    test('a use is told to Redis when a tenth of the idle time has passed, and not before', async () => {
      await redis.flushall();
      const cookie = await logIn(node);
      const key = await liveKey();
      const touched = await redis.hget(key, '@t');
      await me(reader, cookie);
      assert.equal(await redis.hget(key, '@t'), touched);
      const earlier = Number(touched) - 181_000;
      await redis.hset(key, '@t', earlier, '@e', earlier + 1_980_000);
      await redis.pexpireat(key, earlier + 1_980_000);
      await me(reader, cookie);
      assert.ok(Number(await redis.hget(key, '@t')) >= Number(touched));
      assert.ok((await redis.pttl(key)) > 1_900_000);
    });

    test('while Redis is away the answer is 503, not a refusal', async () => {
      const away = await serve(commandOf, { ...env, REDIS_URL: 'redis://127.0.0.1:1' });
      assert.equal(await me(away, signed('any', SECRETS[0])), 503);
      await away.end();
    });

    if (!WRITERS.includes(language)) return;

    test('what it writes is read on Node, and everything else stays', async () => {
      const cookie = await logIn(node);
      await set(node, cookie, 'theme', 'dark');
      const value = { list: ['ü', 1.5, { deep: null }], count: 3 };
      assert.equal(await set(reader, cookie, 'fromReader', value), 204);
      await until(async () => (await me(node, cookie)).attributes.fromReader !== undefined);
      assert.deepEqual((await me(node, cookie)).attributes, { theme: 'dark', fromReader: value });
    });

    test('a read on Node leaves the text that it wrote', async () => {
      await redis.flushall();
      const cookie = await logIn(node);
      await set(reader, cookie, 'fromReader', { list: ['ü', 1.5] });
      const key = await liveKey();
      const revision = await redis.hget(key, '@r');
      await until(async () => (await me(node, cookie)).attributes.fromReader !== undefined);
      assert.equal(await redis.hget(key, '@r'), revision);
    });

    test('parallel writes on both sides are all kept', async () => {
      const cookie = await logIn(node);
      const numbers = Array.from({ length: 25 }, (_, n) => n);
      const writes = numbers.flatMap((n) => [set(node, cookie, `node${n}`, n), set(reader, cookie, `reader${n}`, n)]);
      assert.deepEqual(new Set(await Promise.all(writes)), new Set([204]));
      assert.equal(Object.keys((await me(reader, cookie)).attributes).length, 50);
    });

    test('a session that it ends is over on Node, and the sockets of Node close within a second', async () => {
      const cookie = await logIn(node);
      assert.equal((await me(node, cookie)).user.id, 'ada');
      const socket = await socketOf(cookie);
      const closed = once(socket, 'close');
      const begun = performance.now();
      assert.equal((await request('POST', `${reader.url}/logout`, cookie)).status, 204);
      const [code, reason] = await closed;
      assert.ok(performance.now() - begun < 1_000);
      assert.deepEqual([code, String(reason)], [4401, 'logout']);
      assert.equal(await me(node, cookie), 401);
      assert.equal(await set(reader, cookie, 'late', 1), 401);
    });
  });
}
