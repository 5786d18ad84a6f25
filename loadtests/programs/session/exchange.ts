import type { Request, RequestHandler, Response } from 'express';

/** How a request ended: status, and the session cookie if one was set. */
export interface Outcome {
  readonly status: number;
  readonly cookie: string | undefined;
}

/**
 * Takes one request through a middleware without a socket: what races is the session, not the network, and 100 000
 * pairs take a minute. The response is as much of node:http's as express-session and ours touch.
 */
export function exchange(
  middleware: RequestHandler,
  cookie: string | undefined,
  handler: (req: Request) => Promise<void> | void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const res = new FakeResponse(resolve);
    const req = {
      method: 'POST',
      url: '/',
      originalUrl: '/',
      headers: cookie === undefined ? {} : { cookie },
      connection: {},
      socket: {},
      res,
    } as unknown as Request;
    const next = async (error?: unknown) => {
      if (error === undefined) {
        try {
          await handler(req);
        } catch (failure) {
          res.statusCode = statusOf(failure);
        }
      } else {
        res.statusCode = statusOf(error);
      }
      res.end();
    };
    middleware(req, res as unknown as Response, (error?: unknown) => void next(error));
  });
}

function statusOf(error: unknown): number {
  return (error as { status?: number }).status ?? 500;
}

class FakeResponse {
  statusCode = 200;
  headersSent = false;
  writableEnded = false;
  _header: string | null = null;
  private readonly headers = new Map<string, string[]>();

  constructor(private readonly done: (outcome: Outcome) => void) {}

  getHeader(name: string): string[] | undefined {
    return this.headers.get(name.toLowerCase());
  }

  getHeaderNames(): string[] {
    return [...this.headers.keys()];
  }

  setHeader(name: string, value: string | string[]): void {
    this.headers.set(name.toLowerCase(), Array.isArray(value) ? value : [value]);
  }

  appendHeader(name: string, value: string): void {
    this.setHeader(name, [...(this.getHeader(name) ?? []), value]);
  }

  removeHeader(name: string): void {
    this.headers.delete(name.toLowerCase());
  }

  _implicitHeader(): void {
    this.writeHead(this.statusCode);
  }

  flushHeaders(): void {
    this.writeHead(this.statusCode);
  }

  /** As in node:http, with the status: express-session takes it from here. */
  writeHead(_status: number): void {
    this._header = 'sent';
    this.headersSent = true;
  }

  write(): boolean {
    return true;
  }

  emit(): void {}

  end(): void {
    if (this.writableEnded) return;
    if (!this.headersSent) this.writeHead(this.statusCode);
    this.writableEnded = true;
    const [line] = this.getHeader('set-cookie') ?? [];
    this.done({ status: this.statusCode, cookie: line?.split(';')[0] });
  }
}
