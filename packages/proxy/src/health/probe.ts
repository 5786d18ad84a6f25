import { connect } from 'node:net';
import { ResponseHead } from '../http1/response-head.js';

/** What a probe found. */
export type ProbeResult = { readonly ok: true } | { readonly ok: false; readonly because: string };

const head = new ResponseHead(16_384, 100);
/** A timer this late tells of this process, which stood still, and nothing of the destination. */
const standstillMs = 50;
const maxExtensions = 3;

/**
 * Asks `GET path` once on a fresh connection: 2xx and 3xx within `timeoutMs` are healthy. Never rejects. Time in which
 * this very process stood still does not count: the wait begins again, three times at most.
 */
export function probe(host: string, port: number, path: string, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, noDelay: true });
    let received: Buffer = Buffer.alloc(0);
    let timer: NodeJS.Timeout;
    const wait = (extensions: number): void => {
      const dueMs = performance.now() + timeoutMs;
      timer = setTimeout(() => {
        if (performance.now() > dueMs + standstillMs && extensions < maxExtensions) wait(extensions + 1);
        else settle({ ok: false, because: `no answer within ${timeoutMs} ms` });
      }, timeoutMs);
    };
    wait(0);
    const settle = (result: ProbeResult): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    socket.on('error', (error: NodeJS.ErrnoException) => settle({ ok: false, because: error.code ?? 'socket error' }));
    socket.on('close', () => settle({ ok: false, because: 'closed without an answer' }));
    socket.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const end = head.read(received, 0, received.length, false);
      if (end < 0) settle({ ok: false, because: 'not an HTTP answer' });
      else if (end > 0 && head.status >= 200 && head.status < 400) settle({ ok: true });
      else if (end > 0) settle({ ok: false, because: `answered ${head.status}` });
    });
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUser-Agent: holdfast-probe\r\nConnection: close\r\n\r\n`,
    );
  });
}
