import { serviceEnv } from '@holdfast/service';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { parseGatewayFile } from '../src/gateway-file/gateway-file.js';
import { type RunningGateway, startGateway } from '../src/start-gateway.js';
import { call } from './support/gateway-under-test.js';

async function withGateway(status: string, use: (gateway: RunningGateway) => Promise<void>): Promise<void> {
  const parsed = await parseGatewayFile(
    `listen: { port: 0 }\nadmin: { port: 0 }\nupstreams: { app: { destinations: [] } }\nroutes: [{ upstream: app }]\n${status}`,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  const config = z.object(serviceEnv).parse({ LOG_LEVEL: 'silent' });
  const gateway = await startGateway({ file: parsed.file, config, fleetUrl: undefined });
  try {
    await use(gateway);
  } finally {
    await gateway.close();
  }
}

test('the status listener shows health and metrics to GET and HEAD', async () => {
  await withGateway('status: { port: 0, host: 0.0.0.0 }', async ({ statusPort = 0 }) => {
    expect((await call(statusPort, 'GET', '/healthz')).json()).toEqual({ status: 'ok' });
    expect((await call(statusPort, 'GET', '/readyz')).json()).toEqual({ status: 'ready' });
    const metrics = await call(statusPort, 'GET', '/metrics?x=1');
    expect(metrics.headers['content-type']).toContain('text/plain');
    expect(metrics.text).toContain('holdfast_proxy_requests_total 0');
    const head = await call(statusPort, 'HEAD', '/metrics');
    expect([head.status, head.text, Number(head.headers['content-length']) > 0]).toEqual([200, '', true]);
  });
});

test('the status listener has no admin API and changes nothing', async () => {
  await withGateway('status: { port: 0 }', async ({ statusPort = 0 }) => {
    for (const path of ['/upstreams', '/scenario', '/fleet', '/events', '/docs', '/docs-json', '/', '/healthz/']) {
      expect([path, (await call(statusPort, 'GET', path)).status]).toEqual([path, 404]);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await call(statusPort, method, '/upstreams/app/destinations/a');
      expect([method, answer.status, answer.headers.allow]).toEqual([method, 405, 'GET, HEAD']);
    }
  });
});

test('there is no status listener unless the file has one', async () => {
  await withGateway('', async ({ statusPort }) => expect(statusPort).toBeUndefined());
});

test('a status port that is taken is named, and nothing stays open', async () => {
  await withGateway('', async ({ adminPort }) => {
    await expect(withGateway(`status: { port: ${adminPort} }`, async () => {})).rejects.toThrow(
      `Port ${adminPort} is taken: write another status.port.`,
    );
  });
});
