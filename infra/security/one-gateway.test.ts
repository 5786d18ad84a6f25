import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from './clients.js';
import { type EchoGateway, startEchoGateway } from './echo-gateway.js';

/** Lines 34, 35, 36, 38 and 39: what only a destination can see, or only a client that is alone. */
let echo: EchoGateway;

beforeAll(async () => {
  echo = await startEchoGateway();
}, 90_000);

afterAll(() => echo?.stop());

const UNTRUSTED = '127.0.0.2';
const TRUSTED = '127.0.0.1';
const agents = [UNTRUSTED, TRUSTED].map((localAddress) => new Agent({ keepAlive: true, maxSockets: 1, localAddress }));

interface Echoed {
  readonly head: string;
  readonly headers: IncomingMessage['headers'];
}

/** The head as the destination got it, and the answer's fields as they came back. */
async function send(from: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Echoed> {
  const outgoing = request(echo.client.url + path, { agent: agents[from === UNTRUSTED ? 0 : 1], headers });
  outgoing.end();
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  let head = '';
  for await (const chunk of answer.setEncoding('utf8')) head += chunk;
  return { head, headers: answer.headers };
}

describe('fields of a head', () => {
  test('34: that Connection names are stripped both ways, but never the trusted ones', async () => {
    const named = 'x-hop, x-forwarded-for, x-real-ip, x-forwarded-proto, host';
    const { head, headers } = await send(UNTRUSTED, '/', { connection: named, 'x-hop': '1', 'x-end': '1' });
    expect(head).not.toMatch(/x-hop/i);
    expect(head).toMatch(/^x-end: 1$/im);
    expect(head).toMatch(new RegExp(`^x-forwarded-for: ${UNTRUSTED}$`, 'im'));
    expect(head).toMatch(new RegExp(`^x-real-ip: ${UNTRUSTED}$`, 'im'));
    expect(head).toMatch(/^x-forwarded-proto: http$/im);
    expect(head).toMatch(/^host: /im);
    expect(headers).not.toHaveProperty('x-hop-of-the-answer');
    expect(headers).toHaveProperty('x-kept');
  });

  test('35: that say who the client is are replaced, unless the peer is trusted', async () => {
    const claimed = {
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-port': '1',
      forwarded: 'for=6.6.6.6',
      'x-real-ip': '6.6.6.6',
    };
    const { head } = await send(UNTRUSTED, '/', claimed);
    expect(head).not.toMatch(/6\.6\.6\.6|evil|https|^x-forwarded-port: 1$/im);
    expect(head).toMatch(new RegExp(`^x-forwarded-for: ${UNTRUSTED}$`, 'im'));
    const trusted = await send(TRUSTED, '/', claimed);
    expect(trusted.head).toMatch(new RegExp(`^x-forwarded-for: 6\\.6\\.6\\.6, ${TRUSTED}$`, 'im'));
    expect(trusted.head).toMatch(/^x-forwarded-proto: https$/im);
  });

  test('36: with a thousand forged addresses from one untrusted peer lead to one destination', async () => {
    const served = async (from: string, times: number) => {
      const ids = new Set<unknown>();
      for (let n = 0; n < times; n++) {
        const forged = { 'x-forwarded-for': `10.1.${n >> 8}.${n & 255}` };
        ids.add((await send(from, '/hashed', forged)).headers['x-served-by']);
      }
      return ids.size;
    };
    expect(await served(UNTRUSTED, 1_000)).toBe(1);
    expect(await served(TRUSTED, 100)).toBe(3);
  });
});

describe('clients that are slow', () => {
  const SLOW = 1_000;
  const PAIRS = 5;

  test('38: in their heads, bodies and reading, a thousand of them, do not make others wait twice as long', async () => {
    const host = `Host: ${echo.client.host}`;
    const starts = [
      `GET / HTTP/1.1\r\n${host}\r\nX: `,
      `POST /wait HTTP/1.1\r\n${host}\r\nContent-Length: 9\r\n\r\nx`,
      `GET /large HTTP/1.1\r\n${host}\r\n\r\n`,
    ];
    const among = async () => {
      const slow = await Promise.all(Array.from({ length: SLOW }, () => echo.client.open()));
      for (const [n, socket] of slow.entries())
        socket
          .on('error', () => undefined)
          .pause()
          .write(starts[n % 3] ?? '');
      // The bodies are with their destinations by then, and heads cannot be seen from outside.
      await until('the slow ones are there', async () => (await echo.inFlight()) >= Math.floor((SLOW / 3) * 2), 30_000);
      const p99 = await p99Ms();
      await closed(slow);
      await until('they are gone', async () => (await echo.inFlight()) === 0, 30_000);
      return p99;
    };
    const ratios: number[] = [];
    // What else the machine does falls on both of a pair. More pairs only where it spoilt the first ones.
    await until(
      'the median of the last five pairs is below 2',
      async () => {
        ratios.push((await among()) / (await p99Ms()));
        return ratios.length >= PAIRS && median(ratios.slice(-PAIRS)) < 2;
      },
      90_000,
    );
  }, 120_000);

  /** The 99th percentile of the times of 400 requests, once as many have passed: connecting and closing a thousand is not what is measured. */
  async function p99Ms(): Promise<number> {
    const times: number[] = [];
    for (let n = 0; n < 800; n++) {
      const began = performance.now();
      await send(TRUSTED, '/');
      times.push(performance.now() - began);
    }
    return times.slice(400).sort((a, b) => a - b)[395] ?? 0;
  }
});

describe('a body', () => {
  const head = (fields: string) => `POST /wait HTTP/1.1\r\nHost: ${echo.client.host}\r\n${fields}\r\n\r\n`;

  test('39: above the limit is refused, announced or not, and frees its destination', async () => {
    expect(await echo.client.statusOf(head('Content-Length: 1001'))).toBe(413);
    const chunk = `3e8\r\n${'x'.repeat(1_000)}\r\n`;
    expect(await echo.client.statusOf(`${head('Transfer-Encoding: chunked')}${chunk}${chunk}`)).toBe(413);
    await until('no destination works on it', async () => (await echo.inFlight()) === 0);
  });

  test('39: whose upload is given up frees its destination', async () => {
    const before = await echo.connections();
    const uploads = await Promise.all(Array.from({ length: 20 }, () => echo.client.open()));
    for (const socket of uploads) socket.write(`${head('Content-Length: 900')}x`);
    await until('the destinations have them', async () => (await echo.inFlight()) === uploads.length);
    await closed(uploads);
    await until('no destination works on them', async () => (await echo.inFlight()) === 0);
    await until('their connections are closed', async () => (await echo.connections()) <= before);
  });
});

async function closed(sockets: readonly Socket[]): Promise<void> {
  await Promise.all(
    sockets.map(async (socket) => {
      if (socket.destroyed) return;
      const gone = once(socket, 'close');
      socket.destroy();
      await gone;
    }),
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
