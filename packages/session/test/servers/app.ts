import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { Redis } from 'ioredis';
import {
  createSessions,
  type RedisClient,
  type SessionError,
  type SessionOptions,
  type Sessions,
} from '../../src/index.js';

export const SECRET = 'a-secret-for-tests-only';

export interface TestApp {
  readonly url: string;
  readonly sessions: Sessions;
  /** The application's own connection; of a Cluster, a view of it as a single server. */
  readonly redis: Redis;
  close(): Promise<void>;
}

/** One server process's worth of session layer behind routes that exercise it. */
export async function startApp(redisTo: string | RedisClient, options: Partial<SessionOptions> = {}): Promise<TestApp> {
  const redis = (typeof redisTo === 'string' ? connect(redisTo) : redisTo) as Redis;
  // Clients of node-redis are connected by the test.
  if (redis.status !== undefined && redis.status !== 'ready') await once(redis, 'ready');
  const sessions = createSessions({ store: 'redis', secrets: [SECRET], redis, ...options });
  const app = express();
  app.disable('x-powered-by');
  app.use(sessions.middleware);
  routes(app, sessions);
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sessions,
    redis,
    close: () => closeAll(server, sessions, redis),
  };
}

function connect(url: string): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    retryStrategy: (attempt) => Math.min(20 * attempt, 200),
  });
  redis.on('error', () => undefined);
  return redis;
}

function routes(app: Express, sessions: Sessions): void {
  app.post('/login/:user', async (req, res) => {
    await sessions.login(req, { id: req.params.user, name: req.params.user });
    res.json({ id: sessions.current(req)?.sessionId });
  });
  app.post('/login', express.json(), async (req, res) => {
    await sessions.login(req, req.body);
    res.json({ user: sessions.current(req)?.user });
  });
  app.get('/guarded', (req, res) => {
    if (sessions.current(req) === null) throw sessions.refusal(req);
    res.json({});
  });
  app.get('/cookie', (req, res) => void res.json(req.session.cookie));
  app.post('/cookie/maxAge', (req, res) => {
    req.session.cookie.maxAge = 1000;
    res.json({});
  });
  app.post('/logout', async (req, res) => {
    await sessions.logout(req);
    res.status(204).end();
  });
  app.post('/switch/:user', async (req, res) => {
    await sessions.logout(req);
    await sessions.login(req, { id: req.params.user, name: req.params.user });
    res.json({});
  });
  app.post('/rotate', async (req, res) => {
    await sessions.rotate(req);
    res.status(204).end();
  });
  app.get('/me', (req, res) => {
    const current = sessions.current(req);
    if (current === null) return void res.status(401).json({});
    res.json(current);
  });
  app.get('/anonymous', (_req, res) => void res.json({}));
  app.get('/attributes', (req, res) => void res.json(req.session));
  app.post('/set/:name/:value', (req, res) => {
    attributesOf(req)[req.params.name] = req.params.value;
    res.json({});
  });
  app.post('/unset/:name', (req, res) => {
    delete attributesOf(req)[req.params.name];
    res.json({});
  });
  app.post('/increment/:name', async (req, res) => {
    await req.session.update?.((attributes) => {
      attributes[req.params.name] = Number(attributes[req.params.name] ?? 0) + 1;
    });
    res.json({});
  });
  app.post('/regenerate', (req, res, next) => {
    req.session.regenerate((error) => (error ? next(error) : res.json({})));
  });
  app.post('/stream/:name/:value', (req, res) => {
    attributesOf(req)[req.params.name] = req.params.value;
    res.write('one ');
    res.write('two ');
    res.end('three');
  });
  const problem: ErrorRequestHandler = (error: SessionError, _req, res, _next) => {
    if (error.retryAfterSeconds !== undefined) res.setHeader('retry-after', error.retryAfterSeconds);
    res.status(error.status ?? 500).json({ code: error.code ?? 'internal', detail: error.message });
  };
  app.use(problem);
}

export function attributesOf(req: { session: unknown }): Record<string, unknown> {
  return req.session as Record<string, unknown>;
}

async function closeAll(server: Server, sessions: Sessions, redis: Redis): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  await sessions.close();
  redis.disconnect();
}
