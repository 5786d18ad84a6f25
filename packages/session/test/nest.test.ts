import type { AddressInfo } from 'node:net';
import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  type INestApplication,
  Post,
  Req,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Request, Response } from 'express';
import { Redis } from 'ioredis';
import type { SessionError, SessionUser } from '../src/index.js';
import { Authenticated, CurrentUser, SessionModule, SessionService } from '../src/nest/index.js';
import { attributesOf, SECRET } from './servers/app.js';
import { Browser } from './servers/browser.js';

@Controller()
class CartController {
  constructor(private readonly sessions: SessionService) {}

  @Post('login')
  async login(@Req() req: Request) {
    await this.sessions.login(req, { id: 'ada', name: 'Ada' });
    return {};
  }

  @Post('cart/:thing')
  @Authenticated()
  add(@Req() req: Request) {
    attributesOf(req).cart = req.params.thing;
    return { ok: true };
  }

  @Get('me')
  @Authenticated()
  me(@CurrentUser() user: SessionUser) {
    return user;
  }
}

/** As an application's own filter would render our errors, knowing only their fields. */
@Catch()
class ProblemFilter implements ExceptionFilter {
  catch(error: SessionError, host: ArgumentsHost) {
    const response = host.switchToHttp().getResponse<Response>();
    if (error.retryAfterSeconds !== undefined) response.setHeader('retry-after', error.retryAfterSeconds);
    response.status(error.status).json({ code: error.code });
  }
}

describe('a Nest application on Redis', () => {
  let server: TestRedis;
  let redis: Redis;
  let app: INestApplication;
  let url: string;

  beforeEach(async () => {
    server = await startRedis();
    redis = new Redis(server.url, { retryStrategy: () => 20 });
    redis.on('error', () => undefined);
    const module = await Test.createTestingModule({
      imports: [SessionModule.forRoot({ store: 'cached', secrets: [SECRET], redis, staleIfErrorMs: 5000 })],
      controllers: [CartController],
    }).compile();
    app = module.createNestApplication({ logger: false });
    app.useGlobalFilters(new ProblemFilter());
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    await app.close();
    redis.disconnect();
    await server.stop();
  });

  test('has its own filter answer for a session that could not be written, and takes the success back', async () => {
    const ada = new Browser();
    // On a busy machine a Redis that has just started may answer too late for the first login, which is a 503.
    await waitFor(async () => (await ada.post(`${url}/login`)).ok);
    expect(await (await ada.get(`${url}/me`)).json()).toEqual({ id: 'ada', name: 'Ada' });
    await redis.config('SET', 'min-replicas-to-write', '1');
    const refused = await ada.post(`${url}/cart/apples`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toEqual({ code: 'session_unavailable' });
    await redis.config('SET', 'min-replicas-to-write', '0');
    expect((await ada.post(`${url}/cart/apples`)).status).toBe(201);
  });

  test('answers 401 with a code to who is not logged in, and 503 when it cannot tell', async () => {
    expect(await (await fetch(`${url}/me`)).json()).toEqual({ code: 'unauthenticated' });
    const ada = new Browser();
    await ada.post(`${url}/login`);
    await server.kill();
    await waitFor(() => redis.status !== 'ready');
    expect((await ada.post(`${url}/cart/apples`)).status).toBe(503);
    expect((await fetch(`${url}/me`)).status).toBe(401);
  });
});
