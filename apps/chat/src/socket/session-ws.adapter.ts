import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { clientFrameSchema } from '@holdfast/contracts';
import { claimedPath, claimWebSocketPath, hasOwnOrigin } from '@holdfast/service';
import type { Authenticated, Sessions } from '@holdfast/session';
import type { INestApplicationContext } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { WebSocketServer } from 'ws';
import { z } from 'zod';
import type { FrameSubject } from './chat-socket.js';

/** Largest frame a client may send; a larger one closes the socket with 1009. */
const MAX_FRAME_BYTES = 65_536;

type Verdict = (accept: boolean, status?: number, message?: string, headers?: Record<string, string>) => void;

const authenticated = new WeakMap<IncomingMessage, Authenticated>();

/** The session of an accepted upgrade. */
export function sessionOf(request: IncomingMessage): Authenticated | undefined {
  return authenticated.get(request);
}

/**
 * Nest's `ws` adapter that decides before the 101: a page of another origin gets 403, a request without a live session 401,
 * an unavailable store 503. It checks frames too: an invalid one arrives as the event `invalid`.
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
        refuse(verdict, 403, 'cross_origin', 'Connect from a page of this origin, and send its Origin header.');
        return;
      }
      this.sessions.authenticateUpgrade(req).then(
        (session) => {
          if (session !== null) authenticated.set(req, session);
          if (session === null) refuse(verdict, 401, 'unauthenticated', 'Log in first.');
          else verdict(true);
        },
        () =>
          refuse(verdict, 503, 'unavailable', 'The session store is unavailable: try again in a moment.', {
            'Retry-After': '1',
          }),
      );
    };
    if (options?.path !== undefined) claimWebSocketPath(this.httpServer as Server, options.path);
    return super.create(port, { ...options, verifyClient, maxPayload: MAX_FRAME_BYTES });
  }

  /** Handles upgrades to claimed paths only; the service answers the others. Nest's method would drop their connections. */
  protected override ensureHttpServerExists(port: number, server?: Server): Server | undefined {
    if (server === undefined || this.httpServersRegistry.has(port)) return super.ensureHttpServerExists(port, server);
    this.httpServersRegistry.set(port, server);
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const path = claimedPath(server, request);
      const webSockets: PathServer | undefined = this.wsServersRegistry.get(port)?.find((one) => one.path === path);
      webSockets?.handleUpgrade(request, socket, head, (client) => webSockets.emit('connection', client, request));
    });
    return server;
  }
}

/** A server of the library `ws`, as Nest registers it. */
type PathServer = WebSocketServer & { readonly path: string };

/** Refuses an upgrade with problem details, like any other request. */
function refuse(verdict: Verdict, status: number, code: string, detail: string, headers = {}): void {
  const title = STATUS_CODES[status];
  const problem = { type: 'about:blank', title, status, code, detail, requestId: randomUUID() };
  verdict(false, status, JSON.stringify(problem), { 'Content-Type': 'application/problem+json', ...headers });
}

/** An invalid frame, as the event `invalid` carries it. */
export interface InvalidFrame {
  readonly detail: string;
  /** The subject that the frame named, so that its sender can tell which one failed. */
  readonly about: FrameSubject;
}

function parseFrame(data: unknown): { event: string; data: unknown } {
  const invalid = (detail: string, about: FrameSubject = {}) => ({
    event: 'invalid',
    data: { detail, about } satisfies InvalidFrame,
  });
  let value: unknown;
  try {
    value = JSON.parse(String(data));
  } catch {
    return invalid('frame: send JSON text');
  }
  const frame = clientFrameSchema.safeParse(value);
  if (frame.success) return { event: frame.data.type, data: frame.data };
  const [issue] = frame.error.issues;
  return invalid(`${issue?.path.join('.') || 'frame'}: ${issue?.message ?? 'unknown'}`, subjectOf(value));
}

/** Names longer than any valid one are not repeated. */
const shortText = z.string().max(64).optional().catch(undefined);
const subjectSchema = z.object({ room: shortText, clientId: shortText }).catch({});

function subjectOf(value: unknown): FrameSubject {
  const { room, clientId } = subjectSchema.parse(value);
  return { ...(room !== undefined && { room }), ...(clientId !== undefined && { clientId }) };
}
