import type { IncomingMessage, ServerResponse } from 'node:http';
import { clearedCookie, type SessionCookieOptions, sessionCookie } from '../cookie/session-cookie.js';

/** The session cookie of one response. At most one is sent, the last that was decided on. */
export class ResponseCookie {
  private line: string | undefined;

  constructor(
    private readonly req: IncomingMessage,
    private readonly res: ServerResponse,
    private readonly options: SessionCookieOptions,
  ) {}

  /** Whether the response already says which cookie the browser is to keep. */
  get isDecided(): boolean {
    return this.line !== undefined;
  }

  send(sid: string): void {
    this.put(sessionCookie(sid, this.options, isTls(this.req)));
  }

  clear(): void {
    this.put(clearedCookie(this.options, isTls(this.req)));
  }

  /** Sets the cookie again after the headers were removed. */
  restore(): void {
    if (this.line !== undefined) this.put(this.line);
  }

  private put(line: string): void {
    const others = [this.res.getHeader('set-cookie') ?? []].flat().filter((other) => other !== this.line);
    this.line = line;
    this.res.setHeader('set-cookie', [...others.map(String), line]);
  }
}

/** Whether the request came over TLS: by Express, which follows `trust proxy`; without Express, by the connection. */
function isTls(req: IncomingMessage & { readonly secure?: boolean }): boolean {
  return req.secure ?? 'encrypted' in req.socket;
}
