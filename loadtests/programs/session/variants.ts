import { createSessions, type RedisClient, type SessionSchema, type Sessions } from '@holdfast/session';
import { RedisStore } from 'connect-redis';
import type { Request, RequestHandler } from 'express';
import session from 'express-session';

/** What is compared: the two stock set-ups everyone uses, exactly as their documentation has them, and ours. */
export const VARIANTS = ['memory', 'connect-redis', 'redis', 'cached'] as const;
export type VariantName = (typeof VARIANTS)[number];

/** The same four actions on each. */
export interface Variant {
  readonly middleware: RequestHandler;
  login(req: Request, userId: string): Promise<void>;
  logout(req: Request): Promise<void>;
  /** A new sid for the same user, as on a password change. */
  rotate(req: Request): Promise<void>;
  isLoggedIn(req: Request): boolean;
  /** Only of ours. */
  readonly sessions?: Sessions;
}

const SECRET = 'a-secret-for-benchmarks-only';
const IDLE_SECONDS = 1800;

export function openVariant(
  name: VariantName,
  redis: RedisClient,
  maxSessionsPerUser?: number,
  schema?: SessionSchema,
): Variant {
  if (name === 'redis' || name === 'cached') {
    return ours(
      createSessions({ store: name, secrets: [SECRET], redis, idleSeconds: IDLE_SECONDS, maxSessionsPerUser, schema }),
    );
  }
  return stock(
    session({
      store: name === 'memory' ? new session.MemoryStore() : new RedisStore({ client: redis, ttl: IDLE_SECONDS }),
      secret: SECRET,
      name: 'hf_sid',
      resave: false,
      saveUninitialized: false,
      cookie: { sameSite: 'lax' },
    }),
  );
}

function ours(sessions: Sessions): Variant {
  return {
    sessions,
    middleware: sessions.middleware,
    login: (req, id) => sessions.login(req, { id, name: id }),
    logout: (req) => sessions.logout(req),
    rotate: (req) => sessions.rotate(req),
    isLoggedIn: (req) => sessions.current(req) !== null,
  };
}

function stock(middleware: RequestHandler): Variant {
  const call = (act: (done: (error?: unknown) => void) => void) =>
    new Promise<void>((resolve, reject) => act((error) => (error ? reject(error) : resolve())));
  const login = async (req: Request, id: string) => {
    await call((done) => req.session.regenerate(done));
    req.session.user = { id, name: id };
    await call((done) => req.session.save(done));
  };
  return {
    middleware,
    login,
    logout: (req) => call((done) => req.session.destroy(done)),
    rotate: (req) => login(req, req.session.user?.id ?? ''),
    isLoggedIn: (req) => req.session?.user !== undefined,
  };
}
