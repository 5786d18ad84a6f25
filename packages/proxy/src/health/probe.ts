import { connect, type TcpNetConnectOpts } from 'node:net';
import { ResponseHead } from '../http1/response-head.js';
import { isLocalError } from '../local-error.js';

/** The outcome of a probe. `unasked`: this side could not send it. */
export type ProbeResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly because: string; readonly unasked?: boolean };

/** The destination of a probe and the path it asks for. */
export interface ProbeTarget {
  readonly connect: TcpNetConnectOpts;
  /** The `Host` of the request: name or bracketed address, with its port unless that is 80 (RFC 9110, section 7.2). */
  readonly hostField: string;
  readonly path: string;
}

/** Starts one probe, which calls `done` once. The returned function cancels it; then `done` is not called. */
export type StartProbe = (done: (result: ProbeResult) => void) => () => void;

const head = new ResponseHead(16_384, 100);
const MAX_PROBE_BYTES = 65_536;

/** Sends `GET path` on a fresh connection. 2xx and 3xx are healthy; interim answers (1xx) before them are skipped. */
export function startProbe(target: ProbeTarget, done: (result: ProbeResult) => void): () => void {
  const socket = connect({ ...target.connect, noDelay: true });
  let received: Buffer = Buffer.alloc(0);
  let open = true;
  const settle = (result: ProbeResult): void => {
    if (!open) return;
    open = false;
    socket.destroy();
    done(result);
  };
  socket.on('error', ({ code = 'socket error' }: NodeJS.ErrnoException) =>
    settle({ ok: false, because: code, unasked: isLocalError(code) }),
  );
  socket.on('close', () => settle({ ok: false, because: 'closed without an answer' }));
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const { status, end } = finalStatus(received);
    if (end < 0 || status === 101 || (end === 0 && received.length > MAX_PROBE_BYTES)) {
      settle({ ok: false, because: 'not an HTTP answer' });
    } else if (end > 0) {
      settle(status >= 200 && status < 400 ? { ok: true } : { ok: false, because: `answered ${status}` });
    }
  });
  socket.write(
    `GET ${target.path} HTTP/1.1\r\nHost: ${target.hostField}\r\nUser-Agent: holdfast-probe\r\nConnection: close\r\n\r\n`,
  );
  return () => {
    open = false;
    socket.destroy();
  };
}

/** Status and end of the first head that is not an interim answer: 0 while it is incomplete, -1 when it is malformed. */
function finalStatus(bytes: Buffer): { readonly status: number; readonly end: number } {
  let from = 0;
  for (;;) {
    if (from === bytes.length) return { status: 0, end: 0 };
    const end = head.read(bytes, from, bytes.length, false);
    if (end <= 0) return { status: 0, end };
    if (head.status >= 200 || head.status === 101) return { status: head.status, end };
    from = end;
  }
}
