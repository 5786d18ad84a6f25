import { describe, expect, test } from '@jest/globals';
import type { Client } from './clients.js';
import type { Target } from './target.js';

/** Lines 31 to 43. */
export function gatewayHttp(target: () => Target): void {
  const client = (): Client => target().client;
  const request = (line: string, ...fields: readonly string[]) => `${line} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`;
  const host = (): string => `Host: ${client().host}`;

  describe('a request', () => {
    test('31: that two readers could end in two places is refused, and nothing follows it', async () => {
      const smuggled = 'GET /auth/me HTTP/1.1\r\nHost: x\r\n\r\n';
      for (const fields of [
        ['Content-Length: 5', 'Transfer-Encoding: chunked'],
        ['Transfer-Encoding: chunked', 'Content-Length: 5'],
        ['Content-Length: 5', 'Content-Length: 6'],
        ['Transfer-Encoding: xchunked'],
        ['Transfer-Encoding: chunked, identity'],
        ['Transfer-Encoding : chunked'],
        ['Content-Length: +5'],
        ['Content-Length: 0x5'],
      ]) {
        const answer = await client().bytes(`${request('POST /todos', host(), ...fields)}0\r\n\r\n${smuggled}`);
        expect({ fields, line: answer.slice(0, 12) }).toEqual({
          fields,
          line: expect.stringMatching(/^HTTP\/1\.1 (400|501)/),
        });
        expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
      }
    });

    test('32: needs one well-formed Host', async () => {
      for (const fields of [[], [host(), host()], ['Host: '], ['Host: a,b'], ['Host: user@a'], ['Host: a b']]) {
        const status = await client().statusOf(request('GET /auth/me', ...fields, 'X-A: b'));
        expect({ fields, status }).toEqual({ fields, status: 400 });
      }
    });

    test('33: with folded, spaced, bare or zero bytes in its head is refused', async () => {
      for (const text of [
        request('GET /auth/me', host(), 'X-A: b\r\n c'),
        request('GET /auth/me', host(), 'X-A : b'),
        `GET /auth/me HTTP/1.1\n${host()}\n\n`,
        request('GET /auth/me', host(), 'X-A: b\u0000c'),
        request('GET /auth/me\u0000', host()),
      ]) {
        expect({ text, status: await client().statusOf(text) }).toEqual({ text, status: 400 });
      }
    });

    test('37: cannot leave the prefix of its route', async () => {
      for (const path of [
        '/auth/..%2f..%2fmetrics',
        '/auth/%2e%2e/metrics',
        '/auth/../metrics',
        '//metrics',
        '/auth/..%5cmetrics',
        '/auth%2f..%2fmetrics',
        `http://${client().host}/metrics`,
        'http://other.example/auth/me',
      ]) {
        const answer = await client().bytes(request(`GET ${path}`, host(), 'Connection: close'));
        expect(answer).toMatch(/^HTTP\/1\.1 /);
        expect(answer).not.toContain('# TYPE');
      }
    });

    test('40: by TRACE or CONNECT is refused; another method passes', async () => {
      expect(await client().statusOf(request('TRACE /auth/me', host()))).toBeGreaterThanOrEqual(400);
      expect(await client().statusOf(request(`CONNECT ${client().host}`, host()))).toBeGreaterThanOrEqual(400);
      const other = await client().bytes(request('BREW /auth/me', host(), 'Connection: close'));
      expect(other).toMatch(/^x-served-by: auth-/im);
      expect(other).toMatch(/attempts=1/);
    });

    test('41: to what does not run gets an answer without stack, address or version', async () => {
      const answer = await client().bytes(
        request(
          'GET /auth/me',
          `Host: round-robin-shared.localhost:${new URL(client().url).port}`,
          'Connection: close',
        ),
      );
      expect(answer).toMatch(/^HTTP\/1\.1 503/);
      expect(answer).not.toMatch(/\bat .*\.(js|ts)|127\.0\.0\.1:\d|ECONN|node\/|holdfast\/\d|^server:/im);
    });

    test('42: for another protocol is answered as if it had not asked; a WebSocket to a plain route is refused', async () => {
      const h2c = await client().statusOf(request('GET /auth/me', host(), 'Connection: Upgrade', 'Upgrade: h2c'));
      expect(h2c).toBe(401);
      for (let n = 0; n < 10; n++) {
        const status = await client().upgrade('/todos', [`Origin: ${client().url}`]);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
      }
      const { upstreams } = (await (await fetch(`${target().adminUrl}/upstreams`)).json()) as {
        upstreams: { name: string; destinations: { state: string }[] }[];
      };
      const todo = upstreams.find(({ name }) => name === 'round-robin-cached-todo');
      expect(todo?.destinations.map(({ state }) => state)).toEqual(['up', 'up']);
    });

    test('43: with an odd address, ten thousand times, ends no process', async () => {
      const before = await processes();
      let seed = 7;
      const random = (below: number) => {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        return seed % below;
      };
      const odd = [
        '%',
        '%00',
        '%ff',
        '..',
        '//',
        '\\',
        ';',
        '?',
        '&',
        '[',
        '{',
        '"',
        "'",
        '`',
        '~',
        '*',
        '|',
        'a'.repeat(200),
        '%u0041',
        '%c0%ae',
      ];
      const address = () =>
        `/${['auth', 'todos', 'chat', ''][random(4)]}/${Array.from({ length: 1 + random(6) }, () => odd[random(odd.length)]).join('')}`;
      const texts = Array.from({ length: 10_000 }, () => request(`GET ${address()}`, host(), 'Connection: close'));
      await Promise.all(Array.from({ length: 16 }, () => sendAll(texts)));
      expect(await processes()).toEqual(before);
      expect((await client().send('GET', '/auth/me')).status).toBe(401);
    });
  });

  /** Takes texts until none is left, and sends each on a connection of its own. */
  async function sendAll(texts: string[]): Promise<void> {
    for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
      const socket = await client().open();
      await new Promise<void>((resolve) => {
        socket.once('close', () => resolve()).on('error', () => undefined);
        socket.resume().write(text ?? '');
      });
    }
  }

  async function processes(): Promise<readonly unknown[]> {
    const answer = (await (await fetch(`${target().adminUrl}/fleet`)).json()) as {
      processes: { id: string; pid: number; restarts: number }[];
    };
    return answer.processes.map(({ id, pid, restarts }) => ({ id, pid, restarts }));
  }
}
