import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { z } from 'zod';
import { claimWebSocketPath, type RunningService, readConfig, serviceEnv, startService } from '../index.js';

@Controller('todos')
class TodoController {
  @Get()
  list() {
    return { todos: [] };
  }

  @Post()
  add(@Body() body: unknown) {
    return body;
  }
}

@Module({ controllers: [TodoController] })
class TrialModule {}

/** All that the server answers until it ends the connection. */
function raw(port: number, ...requests: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(requests.join('')));
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.once('end', () => {
      socket.end();
      resolve(text);
    });
    socket.once('error', reject);
  });
}

const ask = (line: string, headers: Record<string, string> = {}, body = '') => {
  const all = { host: 'a', connection: 'Upgrade', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
};
const handshake = {
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};
/** Asks for the end of the connection, so that `raw` has an end to wait for. */
const last = 'GET /todos HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n';
const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

describe('P2: a service', () => {
  let service: RunningService;

  beforeAll(async () => {
    const read = readConfig(z.object(serviceEnv), { LOG_LEVEL: 'silent', SHUTDOWN_DRAIN_MS: '0' });
    if (!read.ok) throw new Error(read.problems.join('\n'));
    service = await startService({ name: 'trial', module: TrialModule, config: read.config });
  });
  afterAll(() => service.close());

  test.each(['/todos', '/nothing-here', '/healthz', '//', '/todos?a=%ff', 'http://a/todos'])(
    'P2: a WebSocket upgrade to %s is answered 400, and the connection ends',
    async (path) => {
      const answer = await raw(service.port, ask(`GET ${path}`, handshake));
      expect(statuses(answer)).toEqual([400]);
      expect(answer).toMatch(/^connection: close\r$/im);
      expect(answer).toMatch(/^content-type: application\/problem\+json/im);
      expect(answer).toContain('"code":"websocket_not_served"');
    },
  );

  test('P2: a WebSocket upgrade with a body is answered 400 too', async () => {
    const headers = { ...handshake, 'content-type': 'application/json', 'content-length': '7' };
    const answer = await raw(service.port, ask('POST /todos', headers, '{"a":1}'));
    expect(statuses(answer)).toEqual([400]);
  });

  test('P2: a WebSocket among other protocols is refused as well', async () => {
    const answer = await raw(service.port, ask('GET /todos', { ...handshake, upgrade: 'h2c, WebSocket' }));
    expect(statuses(answer)).toEqual([400]);
  });

  test.each(['h2c', 'TLS/1.0', 'x'])('P2: Upgrade: %s is ignored, and the connection goes on', async (upgrade) => {
    const headers = { upgrade, connection: 'Upgrade, HTTP2-Settings', 'http2-settings': 'AAMAAABkAAQAAP__' };
    const answer = await raw(service.port, ask('GET /todos', headers), last);
    expect(statuses(answer)).toEqual([200, 200]);
    expect(answer).toContain('{"todos":[]}');
  });

  test('P2: the body of a request with an ignored upgrade is read', async () => {
    const json = { upgrade: 'h2c', 'content-type': 'application/json' };
    const sized = ask('POST /todos', { ...json, 'content-length': '7' }, '{"a":1}');
    const chunked = ask('POST /todos', { ...json, 'transfer-encoding': 'chunked' }, '7\r\n{"b":2}\r\n0\r\n\r\n');
    const answer = await raw(service.port, sized, chunked, last);
    expect(statuses(answer)).toEqual([201, 201, 200]);
    expect(answer).toContain('{"a":1}');
    expect(answer).toContain('{"b":2}');
  });

  test('P2: a client that resets its connection after the upgrade does no harm', async () => {
    const socket = connect(service.port, '127.0.0.1', () => {
      socket.write(ask('GET /todos', handshake));
      socket.resetAndDestroy();
    });
    await new Promise((resolve) => socket.once('close', resolve));
    expect(statuses(await raw(service.port, last))).toEqual([200]);
  });
});

test('P2: an upgrade to a claimed path is left to its listener', async () => {
  const server = createServer();
  const { serveUnclaimedUpgrades } = await import('./refuse-upgrades.js');
  serveUnclaimedUpgrades(server);
  claimWebSocketPath(server, '/socket');
  server.on('upgrade', (_request: IncomingMessage, socket) => socket.end('taken'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await raw(port, ask('GET /socket?a=1', handshake))).toBe('taken');
  server.close();
});
