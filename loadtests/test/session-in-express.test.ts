import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { freePorts } from '../src/systems/free-ports.js';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'examples/session-in-express');
const TURNS = 6;

let children: ChildProcess[] = [];
let redis: TestRedis | undefined;
let scratch: string | undefined;

afterEach(async () => {
  const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  const ended = running.map((child) => once(child, 'exit'));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ended);
  children = [];
  await redis?.stop();
  redis = undefined;
  if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
});

describe('the variants of the example, with no process but those of processes.yaml', () => {
  test('in memory behind round robin a login is unknown to the other server', async () => {
    const user = await start('memory.js', 'round-robin.yaml');
    await user.login();
    expect(new Set(await user.statuses())).toEqual(new Set([200, 401]));
  });

  test.each([
    ['memory.js', 'sticky.yaml'],
    ['connect-redis.js', 'round-robin.yaml'],
    ['cached.js', 'round-robin.yaml'],
    ['cached.js', 'sticky.yaml'],
  ])('%s behind %s keeps login and cart until logout', async (code, gateway) => {
    const user = await start(code, gateway);
    expect(new Set(await user.statuses())).toEqual(new Set([401]));
    await user.login();
    expect(await user.statuses()).toEqual(new Array(TURNS).fill(200));
    expect((await user.ask('POST', '/cart', { item: 'tea' })).status).toBe(200);
    // A copy of the session in the other process is told a moment later.
    await waitFor(async () => (await Promise.all([user.cart(), user.cart()])).every((cart) => cart[0] === 'tea'));
    expect((await user.ask('POST', '/logout')).status).toBe(204);
    await waitFor(async () => (await user.statuses()).every((status) => status === 401));
  });
});

/** Two servers of the app behind the gateway, and what else is declared; a user with a cookie jar. */
async function start(code: string, gateway: string) {
  const declared: Record<string, string[]> = parse(await readFile(join(folder, 'processes.yaml'), 'utf8'));
  const beside = new Set([code, gateway].flatMap((file) => declared[file] ?? []));
  if (beside.has('redis')) redis = await startRedis();
  const [gatewayPort, adminPort, ...ports] = await freePorts(4);
  for (const port of ports) {
    const env = { SESSION_SECRET: 'a long secret of the example: 7c2e', PORT: `${port}` };
    run(join(folder, code), [], redis === undefined ? env : { ...env, REDIS_URL: redis.url });
    await waitFor(() => answers(`http://127.0.0.1:${port}/me`), { what: `${code} answers`, timeoutMs: 20_000 });
  }
  if (!beside.has('gateway')) throw new Error('the example needs a gateway');
  scratch = await mkdtemp(join(tmpdir(), 'holdfast-example-'));
  const file = join(scratch, gateway);
  const text = await readFile(join(folder, gateway), 'utf8');
  await writeFile(
    file,
    text.replace('127.0.0.1:3001', `127.0.0.1:${ports[0]}`).replace('127.0.0.1:3002', `127.0.0.1:${ports[1]}`),
  );
  const env = { GATEWAY_PORT: `${gatewayPort}`, GATEWAY_ADMIN_PORT: `${adminPort}` };
  run(join(root, 'apps/gateway/bin/holdfast-gateway.js'), [file], env);
  const url = `http://127.0.0.1:${gatewayPort}`;
  await waitFor(() => answers(`${url}/me`), { what: 'the gateway answers', timeoutMs: 20_000 });
  return userOf(url);
}

function run(program: string, words: readonly string[], env: NodeJS.ProcessEnv): void {
  const inherited = { PATH: process.env.PATH };
  children.push(spawn(process.execPath, [program, ...words], { env: { ...inherited, ...env }, stdio: 'ignore' }));
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ status }) => status === 401,
    () => false,
  );
}

function userOf(url: string) {
  const jar = new Map<string, string>();
  const ask = async (method: string, path: string, body?: object): Promise<Response> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { cookie, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    return answer;
  };
  return {
    ask,
    login: async () => expect((await ask('POST', '/login', { name: 'ada' })).status).toBe(204),
    statuses: async () => {
      const statuses: number[] = [];
      for (let turn = 0; turn < TURNS; turn++) statuses.push((await ask('GET', '/me')).status);
      return statuses;
    },
    cart: async (): Promise<string[]> => {
      const { cart } = (await (await ask('GET', '/me')).json()) as { cart: string[] };
      return cart;
    },
  };
}
