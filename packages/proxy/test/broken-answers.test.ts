import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { codeOf, RawClient, rawRequest } from './support/raw-client.js';
import { alsoEnd, cannedStub, cleanUp, rawStub, type Stub, startProxy } from './support/start-proxy.js';
import { waitFor } from './support/wait-for.js';

afterEach(cleanUp);

type How = 'fin' | 'rst' | 'kill';
const file = fileURLToPath(new URL('./support/destination-sends.mjs', import.meta.url));
const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const upgrade = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const size = 950_000;

/** A process that sends `head` and `bytes` on each connection, then ends, resets or is killed. */
async function sender(head: string, bytes: number, how: How): Promise<Stub> {
  const env = { ...process.env, HEAD: head, BYTES: String(bytes), HOW: how, NODE_OPTIONS: '' };
  const child: ChildProcess = fork(file, { env, execArgv: [] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
  };
  alsoEnd(close);
  return { port, url: `http://127.0.0.1:${port}`, close };
}

interface Outcome {
  readonly text: Buffer;
  readonly end: 'fin' | 'reset';
}

/** Sends, reads nothing until `wait` is over, then everything; says how the connection ended. */
function readAll(port: number, request: string, wait?: () => Promise<unknown>): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const parts: Buffer[] = [];
    const settle = (end: Outcome['end']): void => {
      socket.destroy();
      resolve({ text: Buffer.concat(parts), end });
    };
    socket.pause();
    socket.write(request);
    socket.on('end', () => settle('fin'));
    socket.on('error', () => settle('reset'));
    void Promise.resolve(wait?.()).then(() => socket.on('data', (part: Buffer) => parts.push(part)).resume());
  });
}

const bodyBytes = ({ text }: Outcome): number => text.length - text.indexOf('\r\n\r\n') - 4;

const framings: Record<string, { head: string; request: string; end: Outcome['end']; added: number }> = {
  'with a length': {
    head: 'HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n',
    request: get,
    end: 'fin',
    added: 0,
  },
  chunked: {
    head: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n',
    request: get,
    end: 'fin',
    added: 'fffffff\r\n'.length,
  },
  'chunked, for an HTTP/1.0 client': {
    head: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n',
    request: 'GET / HTTP/1.0\r\n\r\n',
    end: 'reset',
    added: 0,
  },
  'without length': { head: 'HTTP/1.1 200 OK\r\n\r\n', request: get, end: 'reset', added: 0 },
  'over a WebSocket': {
    head: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    request: upgrade,
    end: 'fin',
    added: 0,
  },
};

describe('what a destination sent before it broke off reaches the client, then the break shows', () => {
  for (const [name, { head, request, end, added }] of Object.entries(framings)) {
    for (const how of ['fin', 'rst', 'kill'] as const) {
      for (const slow of [false, true]) {
        // The end of the connection is the regular end of an answer without length.
        const wanted = name === 'without length' && how !== 'rst' ? 'fin' : end;
        test(`P19: ${name}, ${how}, client reads ${slow ? '0.6 s later' : 'at once'}`, async () => {
          const stub = await sender(head, size, how);
          const { port } = await startProxy([stub]);
          const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, slow ? 600 : 0));
          const outcome = await readAll(port, request, wait);
          expect([bodyBytes(outcome), outcome.end]).toEqual([size + added, wanted]);
        });
      }
    }
  }

  test('P19: a complete answer before the broken one, pipelined, is whole', async () => {
    const complete = 900_000;
    let count = 0;
    const stub = await rawStub((socket) => {
      socket.on('data', () => {
        count++;
        if (count === 1) {
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${complete}\r\n\r\n`);
          socket.write(Buffer.alloc(complete, 'a'));
        } else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbroken', () => socket.resetAndDestroy());
      });
    });
    const { port, proxy } = await startProxy([stub]);
    const served = (): boolean => proxy.metrics().requests >= 1;
    const { text, end } = await readAll(port, get + get, () => waitFor(served));
    const first = text.indexOf('\r\n\r\n') + 4;
    expect(text.subarray(first, first + complete).equals(Buffer.alloc(complete, 'a'))).toBe(true);
    expect([text.toString('latin1', text.length - 6), end]).toEqual(['broken', 'fin']);
  });

  for (const [name, head, wanted] of [
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n', 'fin'],
    ['without length', 'HTTP/1.1 200 OK\r\n\r\n', 'reset'],
  ] as const) {
    test(`P19: a client that stalled too long still gets what had come of an answer ${name}, then the break shows`, async () => {
      let dropped = false;
      const stub = await rawStub((socket) => {
        socket.on('close', () => {
          dropped = true;
        });
        socket.once('data', () => {
          socket.write(head);
          socket.write(Buffer.alloc(30_000_000, 'a'));
        });
      });
      let sentBytes = 0;
      const { port } = await startProxy(
        [stub],
        { timeouts: { writeStallMs: 1000 } },
        { accessLog: (entry) => (sentBytes = entry.sentBytes) },
      );
      const outcome = await readAll(port, get, () => waitFor(() => dropped));
      expect(sentBytes).toBeGreaterThan(0);
      expect([bodyBytes(outcome), outcome.end]).toEqual([sentBytes, wanted]);
    });
  }

  test('P19: the good chunks before a bad one arrive', async () => {
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const stub = await rawStub((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', () => {
          setTimeout(() => socket.write(`${chunk}${chunk}zz\r\n`), 50);
        });
      });
    });
    const { port } = await startProxy([stub]);
    const outcome = await readAll(port, get);
    expect([bodyBytes(outcome), outcome.end]).toEqual([2 * chunk.length, 'fin']);
  });

  test('P19: a client that reads after the destination fell silent for its limit still gets everything', async () => {
    const bytes = 12_000_000;
    const stub = await rawStub((socket) => {
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`);
        socket.write(Buffer.alloc(bytes, 'x'));
      });
    });
    const { port } = await startProxy([stub], { app: { timeouts: { bodyIdleMs: 300 } } });
    const request = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const outcome = await readAll(port, request, () => new Promise((resolve) => setTimeout(resolve, 1500)));
    expect(bodyBytes(outcome)).toBe(bytes);
  });

  test('P19: the last answer of a connection waits for a slow client longer than a moment', async () => {
    const bytes = 6_000_000;
    const stub = await rawStub((socket) => {
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`);
        socket.write(Buffer.alloc(bytes, 'x'));
      });
    });
    const { port } = await startProxy([stub]);
    const request = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const socket = connect({ port, host: '127.0.0.1' });
    let received = 0;
    socket.write(request);
    // Stands still for longer than a moment, near the end as well as before.
    socket.on('data', (part: Buffer) => {
      const before = Math.floor(received / 1_500_000);
      received += part.length;
      if (Math.floor(received / 1_500_000) === before) return;
      socket.pause();
      setTimeout(() => socket.resume(), 1600);
    });
    await once(socket, 'close');
    expect(received).toBeGreaterThan(bytes);
  });
});

describe('what a client sent before it ended reaches the destination', () => {
  for (const how of ['end', 'resetAndDestroy', 'destroy'] as const) {
    test(`P19: over a WebSocket whose client calls ${how}() while the destination is behind`, async () => {
      let received = 0;
      let open: Socket | undefined;
      const stub = await rawStub((socket) => {
        socket.once('data', () => {
          socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
          socket.pause();
          open = socket;
          socket.on('data', (part: Buffer) => {
            received += part.length;
          });
        });
      });
      const { port } = await startProxy([stub]);
      const client = new RawClient(port).send(upgrade);
      await client.answer();
      await new Promise<void>((resolve) => client.socket.write(Buffer.alloc(size, 'x'), () => resolve()));
      if (how !== 'resetAndDestroy') client.socket[how]();
      else setTimeout(() => client.socket.resetAndDestroy(), 50);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      open?.resume();
      await waitFor(() => received >= size, { timeoutMs: 5000 });
      client.close();
    });
  }
});

describe('an upload that is refused gets its answer, though the client still sends', () => {
  const length = 40_000_000;
  /** Like a client that reads only after it has sent everything. */
  async function sendThenRead(port: number, head: string): Promise<RawClient> {
    const client = new RawClient(port);
    client.socket.pause();
    client.send(head);
    const part = Buffer.alloc(1_000_000, 'x');
    for (let sent = 0; sent < length; sent += part.length) {
      await new Promise<void>((resolve) => client.socket.write(part, () => resolve()));
      if (sent % 10_000_000 === 0) await new Promise((resolve) => setTimeout(resolve, 400));
    }
    client.socket.resume();
    return client;
  }
  const post = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;

  test('P19: 413 by the limit of the proxy', async () => {
    const { port } = await startProxy([await cannedStub('')], { limits: { maxBodyBytes: 10 } });
    const client = await sendThenRead(port, post);
    expect(codeOf(await client.answer())).toBe('body_too_large');
    client.close();
  });

  test('P19: 503 without a destination', async () => {
    const { port } = await startProxy([]);
    const client = await sendThenRead(port, post);
    expect(codeOf(await client.answer())).toBe('no_destination');
    client.close();
  });

  test('P19: 413 by a destination that closes at once', async () => {
    const stub = await rawStub((socket) => {
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 413 Too Big\r\nContent-Length: 3\r\n\r\nbig', () => socket.destroy());
      });
    });
    const { port, proxy } = await startProxy([stub]);
    const client = await sendThenRead(port, post);
    const answer = await client.answer();
    expect([answer.status, answer.body.toString()]).toEqual([413, 'big']);
    expect(proxy.upstreams()[0]?.destinations[0]?.counters.failures).toBe(0);
    client.close();
  });

  test('P19: a head that is too large', async () => {
    const { port } = await startProxy([]);
    const client = new RawClient(port);
    client.socket.pause();
    client.send(`GET / HTTP/1.1\r\nHost: a\r\n${`X: ${'y'.repeat(1000)}\r\n`.repeat(3000)}\r\n`);
    await waitFor(() => client.socket.writableLength === 0);
    client.socket.resume();
    expect((await client.answer()).status).toBe(431);
    client.close();
  });
});

describe('a client that ends its side while the answer comes', () => {
  test('P24: gets the rest of it, however slowly it reads', async () => {
    const bytes = 8_000_000;
    const stub = await rawStub((socket) => {
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`);
        socket.write(Buffer.alloc(bytes, 'x'));
      });
    });
    const { port } = await startProxy([stub]);
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write(get);
    socket.once('data', () => socket.end());
    let received = 0;
    socket.on('data', (part: Buffer) => {
      received += part.length;
      socket.pause();
      setTimeout(() => socket.resume(), 5);
    });
    await once(socket, 'end');
    expect(received).toBeGreaterThan(bytes);
    socket.destroy();
  });

  test('P24: gets all of an answer that comes in pieces', async () => {
    const stub = await rawStub((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
        let sent = 0;
        const timer = setInterval(() => {
          socket.write('x');
          if (++sent === 5) clearInterval(timer);
        }, 200);
      });
    });
    const { port } = await startProxy([stub]);
    const client = new RawClient(port).send(get);
    client.socket.once('data', () => client.socket.end());
    expect((await client.answer()).body.toString()).toBe('xxxxx');
    client.close();
  });

  test('P24: gets the answers to everything it asked before', async () => {
    const stub = await cannedStub('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    const { port } = await startProxy([stub]);
    const client = new RawClient(port);
    client.socket.end(get.repeat(5));
    for (let i = 0; i < 5; i++) expect((await client.answer()).body.toString()).toBe('ok');
    expect((await client.rest()).length).toBe(0);
    client.close();
  });
});

describe('an answer that is not HTTP', () => {
  const broken: Record<string, string> = {
    'a status line without a code': 'HTTP/1.1\r\n\r\n',
    'a status line with a space and no code': 'HTTP/1.1 \r\n\r\n',
    'a status line with two digits': 'HTTP/1.1 20\r\n\r\n',
    'a status line that ends in the middle of the version': 'HTTP/1\r\n\r\n',
    'a bad chunk together with the head': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    'a bad second chunk together with the head':
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n',
  };
  for (const [name, text] of Object.entries(broken)) {
    test(`P16: ${name} is 502 at once`, async () => {
      const { port } = await startProxy([await cannedStub(text)]);
      const answer = await rawRequest(port, get);
      expect([answer.status, codeOf(answer)]).toEqual([502, 'bad_answer']);
    });
  }
});
