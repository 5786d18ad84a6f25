import type { AddressInfo } from 'node:net';
import { type RunningService, readConfig, startService } from '@holdfast/service';
import { createSessions } from '@holdfast/session';
import express from 'express';
import type { Redis } from 'ioredis';
import { todoService, todoServiceEnv } from '../src/index.js';

const SECRET = 'a-secret-of-enough-length';

/** A todo service of this test's own, on a free port. */
export async function startTodo(redisUrl: string, env: NodeJS.ProcessEnv = {}): Promise<RunningService> {
  const result = readConfig(todoServiceEnv, {
    REDIS_URL: redisUrl,
    PORT: '0',
    LOG_LEVEL: 'silent',
    SESSION_SECRETS: SECRET,
    SHUTDOWN_DRAIN_MS: '0',
    ...env,
  });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return startService(todoService(result.config));
}

/** Logs users in like auth: todo knows no accounts, only the session. */
export async function startLogins(redis: Redis) {
  const sessions = createSessions({ store: 'redis', secrets: [SECRET], redis });
  const app = express().use(sessions.middleware);
  app.post('/:name', async (req, res) => {
    await sessions.login(req, { id: `id-of-${req.params.name}`, name: req.params.name });
    res.end();
  });
  app.delete('/', async (req, res) => {
    await sessions.logout(req);
    res.end();
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    /** The cookie of a new session. */
    async login(name: string): Promise<string> {
      const response = await fetch(`${url}/${name}`, { method: 'POST' });
      return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    },
    async logout(cookie: string): Promise<void> {
      await fetch(url, { method: 'DELETE', headers: { cookie } });
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await sessions.close();
    },
  };
}
