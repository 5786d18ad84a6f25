import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { call } from './support/gateway-under-test.js';

// Processes that measure themselves are slow to start on a busy machine.
jest.setTimeout(120_000);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-lab-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const upstreams = '{ app: { destinations: [] } }';
const plain = `listen: { port: 0 }\nadmin: { port: 0 }\nupstreams: ${upstreams}\nroutes: [{ host: calm.localhost, upstream: app }]\n`;

/** Runs a gateway process, lets `use` ask its admin API, and returns the files of ours that Node loaded for it. */
async function filesLoaded(main: string, text: string, use: (adminPort: number) => Promise<void>): Promise<string[]> {
  const path = join(directory, 'gateway.yaml');
  writeFileSync(path, text);
  const coverage = join(directory, 'loaded');
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', main), path], {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'silent', NODE_V8_COVERAGE: coverage },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [ready] = (await once(child, 'message')) as [{ adminPort: number }];
  await use(ready.adminPort);
  child.kill('SIGTERM');
  await once(child, 'exit');
  return readdirSync(coverage).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(coverage, file), 'utf8')) as { result: { url: string }[] };
    return result.map(({ url }) => url).filter((url) => url.includes('/apps/gateway/'));
  });
}

describe.each([
  ['the plain build', 'dist/main.js', /\/dist\/lab\//],
  ['the packaged build', 'dist/bundle/main.js', /\/bundle\/(lab|scenario-hosts)/],
])('a gateway of %s', (_which, main, labFile) => {
  test('without scenarios answers 404 to the routes of the lab, and loads nothing of it', async () => {
    const loaded = await filesLoaded(main, plain, async (port) => {
      for (const [method, path] of [
        ['GET', '/scenario'],
        ['PUT', '/scenario'],
        ['GET', '/fleet'],
        ['POST', '/fleet/auth-1/kill'],
        ['POST', '/fleet/auth/scale'],
        ['POST', '/stores/redis/kill'],
      ] as const) {
        const answer = await call(port, method, path, method === 'GET' ? {} : { body: {} });
        expect([method, path, answer.status]).toEqual([method, path, 404]);
      }
      expect((await call(port, 'GET', '/upstreams')).status).toBe(200);
    });
    expect(loaded.length).toBeGreaterThan(0);
    expect(loaded.filter((url) => labFile.test(url))).toEqual([]);
  });

  test('with scenarios loads the lab', async () => {
    const loaded = await filesLoaded(main, `${plain}scenarios: { active: calm }\n`, async (port) => {
      expect((await call(port, 'GET', '/scenario')).json()).toMatchObject({ active: 'calm' });
      expect((await call(port, 'GET', '/fleet')).status).toBe(501);
    });
    expect(loaded.filter((url) => labFile.test(url))).not.toEqual([]);
  });
});
