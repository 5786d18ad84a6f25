import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import type { ProxyConfig, ProxyMetrics, ProxyWarning } from '../src/index.js';
import { alsoEnd, cleanUp, httpStub } from './support/start-proxy.js';
import { waitFor } from './support/wait-for.js';

afterEach(cleanUp);

const file = fileURLToPath(new URL('./support/proxy-process.mjs', import.meta.url));

/** A proxy that may have this many files and connections open, once it runs: Node needs more while it loads. */
async function limitedProxy(config: ProxyConfig, descriptors: number): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(file, { env: { ...process.env, CONFIG: JSON.stringify(config), NODE_OPTIONS: '' }, execArgv: [] });
  alsoEnd(async () => {
    child.kill('SIGKILL');
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const limits = [`--pid=${child.pid}`, `--nofile=${descriptors}:${descriptors}`];
  expect(spawnSync('prlimit', limits).status).toBe(0);
  return { child, port };
}

async function ask(child: ChildProcess): Promise<{ metrics: ProxyMetrics; warnings: ProxyWarning[] }> {
  child.send('metrics');
  const [answer] = (await once(child, 'message')) as [{ metrics: ProxyMetrics; warnings: ProxyWarning[] }];
  return answer;
}

function status(port: number): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    socket.on('data', (data) => resolve(Number(data.toString('latin1').split(' ')[1])));
    socket.on('error', () => resolve(0));
    socket.on('close', () => resolve(0));
  });
}

test('P21: a lack of descriptors counts against no destination, is counted, logged, and over when it is over', async () => {
  let held: (() => void)[] = [];
  const stub = await httpStub((_, outgoing) => void held.push(() => outgoing.end('ok')));
  const { child, port } = await limitedProxy(
    {
      listen: { port: 0 },
      upstreams: { app: { ejection: { failures: 1 }, destinations: [{ id: 'app-1', url: stub.url }] } },
      routes: [{ path: '/', upstream: 'app' }],
    },
    80,
  );
  const asked = Array.from({ length: 120 }, () => status(port));
  await waitFor(async () => ((await ask(child)).metrics.localErrors.EMFILE ?? 0) > 0);
  const { metrics, warnings } = await ask(child);
  expect(metrics.upstreams[0]?.destinations[0]).toMatchObject({ state: 'up', counters: { failures: 0, ejections: 0 } });
  expect(warnings.find(({ code }) => code === 'local_error')?.message).toMatch(/^EMFILE: .*ulimit -n/);
  const release = setInterval(() => {
    for (const end of held.splice(0)) end();
  }, 20);
  await Promise.all(asked);
  await waitFor(async () => (await status(port)) === 200);
  clearInterval(release);
  held = [];
});
