import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startRedis, type TestRedis } from '../src/start-redis.js';
import { startRedisCluster, type TestRedisCluster } from '../src/start-redis-cluster.js';
import { APPS, CLIENTS, FOLDERS, type Folder, SETTINGS } from './support/folders.js';
import { type Registry, startRegistry } from './support/registry.js';
import { npm, run } from './support/run.js';
import { type Instance, startInstance, Visitor } from './support/strangers-app.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const PUBLISHED = ['packages/session', 'packages/proxy', 'packages/events', 'apps/gateway'];
const MINUTES = 60_000;

let scratch: string;
let registry: Registry;
let tarballs: string[];
let redis: TestRedis;
let cluster: TestRedisCluster;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'holdfast-packed-'));
  registry = await startRegistry(resolve(ROOT, process.env.DATA_DIR || '.data'), scratch);
  tarballs = [];
  for (const folder of PUBLISHED) tarballs.push(await registry.publish(join(ROOT, folder)));
  [redis, cluster] = await Promise.all([startRedis(), startRedisCluster()]);
}, 5 * MINUTES);

afterAll(async () => {
  await Promise.all([registry?.stop(), redis?.stop(), cluster?.stop()]);
  if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
});

test.each(PUBLISHED)(
  'S3: the tarball of %s holds code, declarations, a README and a licence, no sources and no tests',
  async (folder) => {
    const [{ files }] = JSON.parse(await npm(join(ROOT, folder), 'pack', '--dry-run', '--json'));
    const paths: string[] = files.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json']));
    expect(
      paths.filter((path) => /\.test\.|\.contract\.|\.map$|^src\/|^test\/|bench|tsbuildinfo|jest/.test(path)),
    ).toEqual([]);
    const { dependencies = {} } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    const unpublished = Object.keys(dependencies).filter(
      (name) => name.startsWith('@holdfast/') && !PUBLISHED.some((each) => name.endsWith(each.split('/')[1] ?? '')),
    );
    expect(unpublished).toEqual([]);
  },
);

describe.each(FOLDERS)('S3: in a stranger’s folder: $app, $client, $topology, TypeScript $settings', (folder) => {
  test(
    'login on one instance, read and revoke on another, logout everywhere',
    async () => {
      const home = await install(folder);
      await run(home, process.execPath, 'node_modules/typescript/bin/tsc');
      const urls =
        folder.topology === 'single'
          ? `redis://127.0.0.1:${redis.port}`
          : cluster.nodes.map(({ host, port }) => `redis://${host}:${port}`).join(',');
      const instances: Instance[] = [];
      try {
        for (let n = 0; n < 2; n++) instances.push(await startInstance(home, 'dist/app.js', urls));
        const [one, two] = instances.map(({ url }) => url);
        await useBoth(one ?? '', two ?? '');
      } finally {
        await Promise.all(instances.map((instance) => instance.stop()));
      }
    },
    5 * MINUTES,
  );
});

test(
  'S3: the gateway, the proxy and the events are used from a blank folder, by require and by import',
  async () => {
    const home = join(scratch, 'gateway');
    project(home, 'commonjs', {
      '@holdfast/gateway': '*',
      '@holdfast/proxy': '*',
      '@holdfast/events': '*',
      ioredis: '^5.0.0',
      kafkajs: '^2.2.4',
    });
    await npm(home, 'install');
    copyFileSync(join(import.meta.dirname, 'apps/gateway-alone.cjs'), join(home, 'gateway-alone.cjs'));
    const printed = await run(home, process.execPath, 'gateway-alone.cjs', `redis://127.0.0.1:${redis.port}`);
    expect(printed.trim().split('\n').at(-1)).toBe(
      'through the proxy: hello; through the gateway: hello; event: user.registered',
    );
  },
  5 * MINUTES,
);

/** Writes the project and installs it from the registries like a stranger. */
async function install({ app, client, topology, settings, tarball }: Folder): Promise<string> {
  const home = join(scratch, `${app}-${client}-${topology}`.toLowerCase().replaceAll(' ', ''));
  const { file, type, dependencies } = APPS[app];
  project(home, type, {
    '@holdfast/session': tarball ? `file:${tarballs[0]}` : '*',
    ...dependencies,
    ...CLIENTS[client].dependencies,
    '@types/node': '^20.19.0',
    typescript: '~5.9.0',
  });
  mkdirSync(join(home, 'src'));
  copyFileSync(join(import.meta.dirname, 'apps', file), join(home, 'src/app.ts'));
  copyFileSync(join(import.meta.dirname, 'apps', CLIENTS[client].file), join(home, 'src/client.ts'));
  const compilerOptions = {
    ...SETTINGS[settings],
    target: 'es2022',
    strict: true,
    esModuleInterop: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
    rootDir: 'src',
    outDir: 'dist',
  };
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  await npm(home, 'install');
  return home;
}

function project(home: string, type: string, dependencies: Record<string, string>): void {
  mkdirSync(home);
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({ name: 'strangers-app', private: true, type, dependencies }),
  );
  writeFileSync(join(home, '.npmrc'), registry.npmrc);
}

/** One user on two instances: each sees all changes that the other confirmed. */
async function useBoth(one: string, two: string): Promise<void> {
  const id = `user-${Math.random().toString(36).slice(2)}`;
  const [here, elsewhere] = [new Visitor(), new Visitor()];
  for (const visitor of [here, elsewhere])
    expect((await visitor.send('POST', `${one}/login`, { id })).status).toBe(201);
  expect((await here.send('POST', `${one}/cart`, { item: 'apples' })).status).toBe(201);
  const read = { status: 200, body: { user: 'Ada', cart: ['apples'] } };
  expect(await here.send('GET', `${two}/cart`)).toEqual(read);
  // The near cache of the other instance holds the session by now, and has to forget it.
  expect((await here.send('POST', `${one}/cart`, { item: 'pears' })).status).toBe(201);
  expect(await here.send('GET', `${two}/cart`)).toEqual({
    status: 200,
    body: { user: 'Ada', cart: ['apples', 'pears'] },
  });
  expect((await elsewhere.send('GET', `${two}/cart`)).status).toBe(200);
  expect(await here.send('POST', `${two}/end-others`)).toEqual({ status: 201, body: { ended: 1 } });
  for (const url of [one, two]) expect((await elsewhere.send('GET', `${url}/cart`)).status).toBe(401);
  expect((await here.send('POST', `${two}/logout`)).status).toBe(201);
  for (const url of [one, two]) expect((await here.send('GET', `${url}/cart`)).status).toBe(401);
}
