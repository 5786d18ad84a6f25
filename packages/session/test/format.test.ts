import { readdirSync, readFileSync } from 'node:fs';
import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { SESSION_FORMAT_VERSION } from '../src/index.js';
import { startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';

const page = readFileSync(new URL('../../../docs/session-format.md', import.meta.url), 'utf8');
const LUA = new URL('../lua/', import.meta.url);

/** The code words in the first cells of the page's table of that heading cell. */
function firstCells(heading: string): string[] {
  const rows = page.split(`\n| ${heading} |`)[1]?.split('\n\n')[0]?.split('\n').slice(2) ?? [];
  return rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? ''));
}

/** A key with its variable parts named as the page names them. */
const shapeOf = (key: string) =>
  key
    .replace('hf:session:', 'P')
    .replace(/\{[0-9a-f]{2}\}/, '{bucket}')
    .replace(/:[A-Za-z0-9_-]{43}$/, ':id')
    .replace(/:ada$/, ':userId');

let server: TestRedis;
let redis: Redis;
let app: TestApp;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

beforeEach(async () => {
  app = await startApp(server.url, { idleSeconds: 4 });
});

afterEach(() => app.close());

test('the page of the format has the version of the code, and so has the first script file', () => {
  expect(page).toContain(`\nVersion ${SESSION_FORMAT_VERSION}\n`);
  expect(readFileSync(new URL('shared.lua', LUA), 'utf8')).toContain(`version ${SESSION_FORMAT_VERSION} (`);
});

test('the page lists every script file, and every file says what its key is', () => {
  const files = readdirSync(LUA).filter((name) => name !== 'shared.lua');
  expect(firstCells('script').sort()).toEqual(files.sort());
  for (const file of files) expect(readFileSync(new URL(file, LUA), 'utf8')).toMatch(/^(-- .+\n)+--\n-- {3}KEYS\[1\] /);
});

test('Redis has the keys, fields and announcements of the page, and no others', async () => {
  const listener = redis.duplicate();
  const heard: string[] = [];
  listener.on('message', (_channel, text) => heard.push(text));
  await listener.subscribe('hf:session:ended');
  const ada = new Browser();
  await ada.post(`${app.url}/login/ada`);
  await ada.post(`${app.url}/set/note/1`);
  const key = (await redis.keys('hf:session:{*'))[0] ?? '';
  const fields = Object.keys(await redis.hgetall(key));
  await waitFor(async () => (await redis.exists('hf:session:sweeper')) === 1);
  const keys = await redis.keys('*');
  expect([...new Set(keys.map(shapeOf))].sort()).toEqual(firstCells('key').sort());
  await ada.post(`${app.url}/logout`);
  const tombstone = Object.keys(await redis.hgetall(key));
  expect(tombstone).toEqual(['@x']);
  const shapes = [...fields, ...tombstone].map((field) => field.replace(/^=.+/, '=<name>'));
  expect([...new Set(shapes)].sort()).toEqual(firstCells('field').sort());
  await waitFor(() => heard.length === 1);
  expect(Object.keys(JSON.parse(heard[0] ?? '{}')).sort()).toEqual(firstCells('member').sort());
  listener.disconnect();
});
