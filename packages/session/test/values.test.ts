import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import express, { type ErrorRequestHandler, type Request, type Response } from 'express';
import session, { type Store } from 'express-session';
import { Redis } from 'ioredis';
import {
  createSessions,
  migrate,
  RedisSessionStore,
  type Serializer,
  type SessionOptions,
  type Sessions,
  SessionValueError,
} from '../src/index.js';
import { attributesOf, SECRET } from './servers/app.js';
import { Browser } from './servers/browser.js';

function circular(): object {
  const one: Record<string, unknown> = {};
  one.self = one;
  return one;
}

const fails = (): never => {
  throw new Error('a value that does not want to be stored');
};

const VALUES: Record<string, () => unknown> = {
  'a BigInt': () => 10n,
  'a BigInt deep inside': () => ({ cart: [{ price: 10n }] }),
  'a circular object': circular,
  'an object whose toJSON throws': () => ({ toJSON: fails }),
  'an object with a getter that throws': () => Object.defineProperty({}, 'x', { enumerable: true, get: fails }),
  'a Proxy that throws': () => new Proxy({}, { ownKeys: fails, get: fails }),
  'a promise that is rejected': () => Promise.reject(new Error('too late')),
  'a promise': () => Promise.resolve(5),
  'more text than fits': () => 'x'.repeat(17_000_000),
  'a structure too deep': () => {
    let deep: unknown = 1;
    for (let n = 0; n < 100_000; n += 1) deep = [deep];
    return deep;
  },
};

type Act = (req: Request, res: Response) => unknown;

const ACTS: Record<string, Act> = {
  'res.end': (_req, res) => res.end('stored'),
  'res.json': (_req, res) => res.json({ stored: true }),
  'res.end outside of the handler': (_req, res) => setImmediate(() => res.end('stored')),
  'streaming outside of the handler': (_req, res) =>
    setImmediate(() => {
      res.write('sto');
      setImmediate(() => {
        res.write('re');
        res.end('d');
      });
    }),
  'flushHeaders outside of the handler': (_req, res) =>
    setImmediate(() => {
      res.flushHeaders();
      res.end('stored');
    }),
  'an error of the handler': () => {
    throw new Error('of the handler');
  },
  'save, then an answer all the same': (req, res) => setImmediate(() => req.session.save(() => res.end('stored'))),
  'save with a callback that throws': (req) =>
    setImmediate(() =>
      req.session.save((error: unknown) => {
        throw error ?? new Error('saved');
      }),
    ),
};

interface App {
  readonly url: string;
  /** The session as the store has it. */
  stored(browser: Browser): Promise<unknown>;
  readonly logged: string[];
}

type Open = (redis: Redis) => express.RequestHandler;

function open(options: Pick<SessionOptions, 'store' | 'serializer'>): Sessions {
  const sessions = createSessions({ secrets: [SECRET], redis, ...options });
  closing.push(() => sessions.close());
  return sessions;
}

const overExpressSession = (store: Store) =>
  session({ store, secret: SECRET, name: 'hf_sid', resave: false, saveUninitialized: false });

const LAYERS: Record<string, Open> = {
  redis: () => open({ store: 'redis' }).middleware,
  cached: () => open({ store: 'cached' }).middleware,
  memory: () => open({ store: 'memory' }).middleware,
  'connect-redis': () => open({ store: 'connect-redis' }).middleware,
  'express-session with RedisSessionStore': (redis) => overExpressSession(new RedisSessionStore({ client: redis })),
  'express-session with migrate': (redis) =>
    overExpressSession(migrate({ from: new session.MemoryStore(), to: new RedisSessionStore({ client: redis }) })),
};

const closing: Array<() => Promise<void>> = [];
let server: TestRedis;
let redis: Redis;
let http: Server | undefined;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

afterEach(async () => {
  http?.closeAllConnections();
  http?.close();
  http = undefined;
  for (const close of closing.splice(0)) await close();
});

async function start(middleware: express.RequestHandler): Promise<App> {
  const logged: string[] = [];
  const app = express();
  app.use(middleware);
  app.post('/good', (req, res) => {
    attributesOf(req).good = 1;
    res.end();
  });
  app.post('/bad/:value/:act', (req, res) => {
    attributesOf(req).also = 1;
    attributesOf(req).unstorable = VALUES[req.params.value]?.();
    ACTS[req.params.act]?.(req, res);
  });
  app.get('/', (req, res) => void res.json(Object.keys(req.session)));
  const onError: ErrorRequestHandler = (error: Error, _req, res, next) => {
    logged.push(String(error));
    if (res.headersSent) return next(error);
    res.status(500).json({ failed: true });
  };
  app.use(onError);
  http = createServer(app).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const stored = async (browser: Browser) => (await browser.get(`${url}/`)).json();
  return { url, stored, logged };
}

const pairs = [
  ...Object.keys(VALUES).map((value) => [value, 'res.end outside of the handler'] as const),
  ...Object.keys(ACTS).map((act) => ['a BigInt', act] as const),
];

describe.each(Object.keys(LAYERS))('S0a: %s', (layer) => {
  let app: App;
  let ada: Browser;
  let warnings: string[];

  beforeEach(async () => {
    warnings = [];
    jest.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)));
    await redis.flushall();
    app = await start(LAYERS[layer]?.(redis) as express.RequestHandler);
    ada = new Browser();
  });

  afterEach(() => void jest.restoreAllMocks());

  test.each(pairs)('S0a: answers 500 and stores nothing of a session with %s, at %s', async (value, act) => {
    await ada.post(`${app.url}/good`);
    const response = await ada.post(`${app.url}/bad/${value}/${act}`);
    expect(response.status).toBe(500);
    await response.text();
    const left = (await app.stored(ada)) as string[];
    expect(left.filter((name) => name !== 'cookie')).toEqual(['good']);
    const seen = act === 'an error of the handler' ? warnings : app.logged;
    await waitFor(() => seen.some((line) => line.includes('req.session["unstorable"]')));
  });

  test('S0a: makes no session of a first request whose session cannot be stored', async () => {
    const response = await ada.post(`${app.url}/bad/a BigInt/res.end`);
    expect([response.status, response.headers.getSetCookie()]).toEqual([500, []]);
  });
});

describe('S0a: a serializer of the application', () => {
  const bad: Record<string, Serializer> = {
    'that throws': { stringify: fails, parse: JSON.parse },
    'that is asynchronous': { stringify: (async () => fails()) as never, parse: JSON.parse },
    'that returns no string': { stringify: () => 5 as never, parse: JSON.parse },
  };
  const pick = (serializer: Serializer): Serializer => ({
    stringify: (value) => (value === 10n ? serializer.stringify(value) : JSON.stringify(value)),
    parse: JSON.parse,
  });
  const layers: Record<string, (serializer: Serializer) => express.RequestHandler> = {
    createSessions: (serializer) => open({ store: 'redis', serializer: pick(serializer) }).middleware,
    RedisSessionStore: (serializer) =>
      overExpressSession(new RedisSessionStore({ client: redis, serializer: pick(serializer) })),
  };

  test.each(Object.keys(bad).flatMap((serializer) => Object.keys(layers).map((layer) => [serializer, layer] as const)))(
    'S0a: %s gives 500 under %s',
    async (serializer, layer) => {
      const app = await start(layers[layer]?.(bad[serializer] as Serializer) as express.RequestHandler);
      const response = await fetch(`${app.url}/bad/a BigInt/res.end outside of the handler`, { method: 'POST' });
      expect(response.status).toBe(500);
      expect(app.logged.join()).toContain('unstorable');
    },
  );
});

describe('S0a: explicit calls', () => {
  test('S0a: update, login and save are told, and a logout is not kept back', async () => {
    const sessions = open({ store: 'redis' });
    const app = express();
    app.use(sessions.middleware);
    const told: unknown[] = [];
    app.post('/login', async (req, res) => {
      await sessions.login(req, { id: 'ada', name: 'ada' });
      res.end();
    });
    app.post('/tries', async (req, res) => {
      const change = (attributes: Record<string, unknown>) => {
        attributes.x = 10n;
      };
      await req.session.update?.(change).catch((error) => told.push(error));
      attributesOf(req).x = circular();
      await sessions.login(req, { id: 'ada', name: 'ada' }).catch((error) => told.push(error));
      await new Promise<void>((resolve) => req.session.save((error) => resolve(void told.push(error))));
      await sessions.logout(req);
      res.status(204).end();
    });
    http = createServer(app).listen(0, '127.0.0.1');
    await once(http, 'listening');
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const ada = new Browser();
    await ada.post(`${url}/login`);
    expect((await ada.post(`${url}/tries`)).status).toBe(204);
    expect(ada.cookie).toBeUndefined();
    expect(told).toHaveLength(3);
    for (const error of told) expect(error).toMatchObject({ name: SessionValueError.name, attribute: 'x' });
  });

  test('S0a: functions and symbols are no attributes, as in express-session', async () => {
    const sessions = open({ store: 'redis' });
    const app = express();
    app.use(sessions.middleware);
    app.get('/', (req, res) => {
      Object.assign(req.session, { f: () => 1, s: Symbol('s'), kept: [1] });
      res.end();
    });
    app.get('/read', (req, res) => void res.json(req.session));
    http = createServer(app).listen(0, '127.0.0.1');
    await once(http, 'listening');
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const ada = new Browser();
    expect((await ada.get(`${url}/`)).status).toBe(200);
    expect(await (await ada.get(`${url}/read`)).json()).toEqual({ kept: [1] });
  });
});

describe('S0a: what Redis holds and cannot be read', () => {
  test.each(['redis', 'cached'] as const)('S0a: does not fail the request in the store %s', async (store) => {
    const sessions = open({ store });
    await redis.flushall();
    const app = express();
    app.use(sessions.middleware);
    app.post('/login', async (req, res) => {
      attributesOf(req).cart = 1;
      await sessions.login(req, { id: 'ada', name: 'ada' });
      res.end();
    });
    app.get('/', (req, res) => void res.json({ user: sessions.current(req)?.user ?? null, session: req.session }));
    http = createServer(app).listen(0, '127.0.0.1');
    await once(http, 'listening');
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    for (const garbage of ['{', 'null', '5', '{"id":5}', '{"id":"eve","name":"ada"}']) {
      const ada = new Browser();
      await ada.post(`${url}/login`);
      const [key = ''] = (await redis.keys('hf:session:{*')).filter((name) => !name.includes('user:'));
      await redis.hset(key, '=user', garbage, '=cart', '{{');
      const response = await ada.get(`${url}/`);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ user: null });
      await redis.flushall();
    }
  });
});
