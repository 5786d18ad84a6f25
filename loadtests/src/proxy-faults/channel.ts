import { connect, type Socket } from 'node:net';

export interface Answer {
  /** 0: no answer; -1: nobody there. */
  readonly status: number;
  readonly instance?: string | undefined;
  readonly cookie?: string | undefined;
  /** Whether the connection was a kept one that was gone. */
  readonly stale?: boolean;
}

/** One connection of a client, opened when needed. */
export class Channel {
  private socket: Socket | null = null;

  constructor(private readonly port: number) {}

  /** Sends a request; never rejects. */
  ask(request: string, timeoutMs: number): Promise<Answer> {
    const isReused = this.socket !== null;
    this.socket ??= connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    const { socket } = this;
    return new Promise((resolve) => {
      let [text, received, expected] = ['', 0, -1];
      let isRefused = false;
      const settle = (answer: Answer, keep: boolean): void => {
        clearTimeout(timer);
        for (const event of ['data', 'close', 'error']) socket.removeAllListeners(event);
        socket.on('error', () => undefined);
        socket.once('close', () => this.forget(socket));
        if (!keep) {
          socket.destroy();
          this.forget(socket);
        }
        resolve(answer);
      };
      const timer = setTimeout(() => settle({ status: 0 }, false), timeoutMs);
      socket.removeAllListeners('close').removeAllListeners('error');
      socket.on('error', (error: NodeJS.ErrnoException) => {
        isRefused = error.code === 'ECONNREFUSED';
      });
      socket.on('close', () => settle({ status: isRefused ? -1 : 0, stale: isReused && text === '' }, false));
      socket.on('data', (chunk) => {
        received += chunk.length;
        if (expected < 0) {
          text += chunk.toString('latin1');
          const end = text.indexOf('\r\n\r\n');
          if (end < 0) return;
          expected = end + 4 + Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0);
        }
        if (received >= expected) settle(readHead(text), !/^connection: close/im.test(text));
      });
      socket.write(request);
    });
  }

  close(): void {
    this.socket?.destroy();
  }

  private forget(socket: Socket): void {
    if (this.socket === socket) this.socket = null;
  }
}

function readHead(text: string): Answer {
  return {
    status: Number(text.slice(9, 12)),
    instance: /^x-instance: (.*)$/im.exec(text)?.[1]?.trim(),
    cookie: /^set-cookie: (aff=[^;\r]*)/im.exec(text)?.[1],
  };
}
