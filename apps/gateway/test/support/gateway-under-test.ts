import { request } from 'node:http';
import { serviceEnv } from '@holdfast/service';
import type { ScenarioDescription } from '@holdfast/system/scenario';
import { type Destination, startDestination } from '@holdfast/testing';
import { z } from 'zod';
import { parseGatewayFile } from '../../src/gateway-file/gateway-file.js';
import { type RunningGateway, startGateway } from '../../src/start-gateway.js';

/** An answer with its body read. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  json(): Record<string, unknown>;
}

export interface GatewayUnderTest extends RunningGateway {
  /** Destinations that answer with their name, started for this test. */
  readonly destinations: Readonly<Record<string, Destination>>;
  traffic(host: string, path?: string): Promise<Reply>;
  admin(method: string, path: string, options?: CallOptions): Promise<Reply>;
  stop(): Promise<void>;
}

interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the gateway file of these tests tells of the scenario `calm`. */
export const calmDescription: ScenarioDescription = {
  ...{ name: 'calm', title: 'Calm days', story: 'Nothing happens.', routing: 'Round robin', policy: 'round-robin' },
  ...{ affinity: false, state: 'Server memory', store: 'memory', todos: 'memory', fleet: 'monolith' },
  expect: { calm: { logins: 'lost', todos: 'lost' }, death: { logins: 'lost', todos: 'lost' } },
};

/** Three scenarios, calm (two destinations), storm (one) and idle (none), behind a real gateway on free ports. */
export async function startGatewayUnderTest({ fleetUrl }: { fleetUrl?: string } = {}): Promise<GatewayUnderTest> {
  const names = ['calm-1', 'calm-2', 'storm-1'] as const;
  const started = await Promise.all(
    names.map(async (name) => [name, await startDestination((_request, response) => void response.end(name))] as const),
  );
  const destinations = Object.fromEntries(started);
  const urlOf = (name: string) => destinations[name]?.url;
  const text = JSON.stringify({
    listen: { port: 0 },
    admin: { port: 0 },
    upstreams: {
      calm: { destinations: ['calm-1', 'calm-2'].map((id) => ({ id, url: urlOf(id) })) },
      storm: { destinations: [{ id: 'storm-1', url: urlOf('storm-1') }] },
      idle: { destinations: [], hint: 'start it with: npm start -- --scenarios idle' },
      page: { destinations: [{ id: 'page-1', url: urlOf('storm-1') }] },
    },
    routes: [
      { host: 'calm.localhost', upstream: 'calm' },
      { host: 'storm.localhost', upstream: 'storm' },
      { host: 'idle.localhost', upstream: 'idle' },
      ...['calm', 'storm', 'idle'].map((name) => ({ host: `${name}.localhost`, path: '/page', upstream: 'page' })),
    ],
    scenarios: { active: 'calm', list: [calmDescription] },
  });
  const parsed = await parseGatewayFile(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  const config = z.object(serviceEnv).parse({ LOG_LEVEL: 'silent' });
  const gateway = await startGateway({ file: parsed.file, config, fleetUrl });
  return {
    ...gateway,
    destinations,
    traffic: (host, path = '/') => call(gateway.port, 'GET', path, { headers: { host } }),
    admin: (method, path, options) => call(gateway.adminPort, method, path, options),
    stop: async () => {
      await gateway.close();
      await Promise.all(Object.values(destinations).map((destination) => destination.stop()));
    },
  };
}

/** A request with any Host and Origin, which `fetch` would not let us set. */
export function call(port: number, method: string, path: string, options: CallOptions = {}): Promise<Reply> {
  const { body, headers } = options;
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: false,
        headers: {
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...headers,
        },
      },
      async (response) => {
        let received = '';
        for await (const chunk of response) received += chunk;
        const { statusCode = 0, headers: answered } = response;
        resolve({ status: statusCode, headers: answered, text: received, json: () => JSON.parse(received) });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}
