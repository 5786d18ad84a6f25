import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** An answer with its body read. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `name=value` of each cookie that was set. */
  readonly cookies: readonly string[];
}

interface SendOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookie?: string;
}

/** A user of the system under test, who sees only the gateway. */
export class Client {
  constructor(readonly url: string) {}

  get host(): string {
    return new URL(this.url).host;
  }

  async send(method: string, path: string, { body, raw, headers, cookie }: SendOptions = {}): Promise<Reply> {
    const answer = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(cookie !== undefined && { cookie }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(raw !== undefined && { body: raw }),
    });
    const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
    return { status: answer.status, headers: answer.headers, text: await answer.text(), cookies };
  }

  /** A new user, logged in: their name and session cookie. */
  async register(name = uniqueName()): Promise<{ readonly name: string; readonly cookie: string }> {
    const { status, cookies, text } = await this.send('POST', '/auth/register', {
      body: { username: name, password: PASSWORD },
    });
    if (status !== 201) throw new Error(`not registered: ${status} ${text}`);
    return { name, cookie: cookies.find((one) => one.startsWith('hf_sid=')) ?? '' };
  }

  async login(username: string, password = PASSWORD, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.send('POST', '/auth/login', { body: { username, password }, headers });
  }

  /** Sends bytes and resolves with all that came until the connection ended, nothing came for a while, or `enough` was there. */
  async bytes(
    text: string,
    { enough, from }: { readonly enough?: RegExp; readonly from?: string } = {},
  ): Promise<string> {
    const socket = await this.open(from);
    socket.write(Buffer.from(text, 'latin1'));
    const answer = await heard(socket, enough);
    socket.destroy();
    return answer;
  }

  /** The status of the answer to these bytes; 0 when the connection ended without one. */
  async statusOf(text: string): Promise<number> {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(await this.bytes(text, { enough: /\r\n\r\n/ }))?.[1] ?? 0);
  }

  /** The status of the answer to a WebSocket handshake. */
  async upgrade(path: string, headers: readonly string[]): Promise<number> {
    const lines = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
    return this.statusOf(
      `GET ${path} HTTP/1.1\r\nHost: ${this.host}\r\n${[...lines, key, ...headers].join('\r\n')}\r\n\r\n`,
    );
  }

  /** A connection to the gateway, from another address of this machine if one is given. */
  open(from?: string): Promise<Socket> {
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve, reject) => {
      const options = { port: Number(port), host: hostname, ...(from !== undefined && { localAddress: from }) };
      const socket = connect(options, () => resolve(socket));
      socket.on('error', reject);
    });
  }
}

export const PASSWORD = 'correct horse battery staple';

let users = 0;

/** A user name that no other test has. */
export function uniqueName(): string {
  users++;
  return `user-${process.pid}-${users}`;
}

/** Resolves once the condition holds; rejects after `timeoutMs`. */
export async function until(
  what: string,
  condition: () => Promise<boolean> | boolean,
  timeoutMs = 10_000,
): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await condition()); await delay(20)) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
  }
}

const QUIET_MS = 1_000;

function heard(socket: Socket, enough: RegExp | undefined): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const done = () => resolve(text);
    socket.setTimeout(QUIET_MS, done);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (enough?.test(text)) done();
    });
    socket.once('close', done).once('error', done);
  });
}
