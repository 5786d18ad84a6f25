import type { IncomingMessage } from 'node:http';
import { clientFrameSchema } from '@holdfast/contracts';
import { hasOwnOrigin } from '@holdfast/service';
import type { Authenticated, Sessions } from '@holdfast/session';
import type { INestApplicationContext } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';

/** Largest frame a client may send; a larger one closes the socket with 1009. */
const maxFrameBytes = 65_536;

type Verdict = (accept: boolean, status?: number, message?: string, headers?: Record<string, string>) => void;

const authenticated = new WeakMap<IncomingMessage, Authenticated>();

/** The session an accepted upgrade was authenticated by. */
export function sessionOf(request: IncomingMessage): Authenticated | undefined {
  return authenticated.get(request);
}

/**
 * Nest's `ws` adapter that decides before the 101: a page of another origin gets 403, a request without a live session 401,
 * an unavailable store 503. Frames are checked here; what is no valid frame arrives as the event `invalid`.
 */
export class SessionWsAdapter extends WsAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly sessions: Sessions,
  ) {
    super(app, { messageParser: parseFrame });
  }

  override create(
    port: number,
    options?: Record<string, unknown> & { namespace?: string; server?: unknown; path?: string },
  ) {
    const verifyClient = ({ req }: { req: IncomingMessage }, verdict: Verdict): void => {
      if (!hasOwnOrigin(req.headers)) {
        verdict(false, 403, 'Forbidden');
        return;
      }
      this.sessions.authenticateUpgrade(req).then(
        (session) => {
          if (session !== null) authenticated.set(req, session);
          if (session === null) verdict(false, 401, 'Unauthorized');
          else verdict(true);
        },
        () => verdict(false, 503, 'Service Unavailable', { 'Retry-After': '1' }),
      );
    };
    return super.create(port, { ...options, verifyClient, maxPayload: maxFrameBytes });
  }
}

function parseFrame(data: unknown): { event: string; data: unknown } {
  try {
    const frame = clientFrameSchema.safeParse(JSON.parse(String(data)));
    if (frame.success) return { event: frame.data.type, data: frame.data };
    const [issue] = frame.error.issues;
    return { event: 'invalid', data: `${issue?.path.join('.') || 'frame'}: ${issue?.message ?? 'unknown'}` };
  } catch {
    return { event: 'invalid', data: 'frame: send JSON text' };
  }
}
