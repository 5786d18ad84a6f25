import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Controller, Get, type INestApplication, Post, Req } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Request } from 'express';
import type { SessionUser } from '../session-data.js';
import { Authenticated, CurrentSession, type CurrentSessionInfo, CurrentUser } from './decorators.js';
import { SessionModule, SessionService } from './index.js';

@Controller()
class AccountController {
  constructor(private readonly sessions: SessionService) {}

  @Post('login')
  async login(@Req() req: Request) {
    await this.sessions.login(req, { id: 'u1', name: 'ada' });
    return {};
  }

  @Post('logout')
  async logout(@Req() req: Request) {
    await this.sessions.logout(req);
    return {};
  }

  @Get('me')
  @Authenticated()
  me(@CurrentUser() user: SessionUser, @CurrentSession() session: CurrentSessionInfo) {
    return { user, session };
  }

  @Get('unguarded')
  unguarded(@CurrentUser() user: SessionUser) {
    return { user };
  }
}

describe('SessionModule', () => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      imports: [
        SessionModule.forRootAsync({ useFactory: () => ({ store: 'memory', secrets: ['a-secret-of-enough-length'] }) }),
      ],
      controllers: [AccountController],
    }).compile();
    app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });

  afterAll(() => app.close());

  const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(';')[0] ?? '';

  test('logs in, shows the user and the session to a handler, and logs out', async () => {
    const cookie = cookieOf(await fetch(`${url}/login`, { method: 'POST' }));
    const me = await fetch(`${url}/me`, { headers: { cookie } });
    expect(me.status).toBe(200);
    const body = (await me.json()) as { user: SessionUser; session: Record<string, string> };
    expect(body.user).toEqual({ id: 'u1', name: 'ada' });
    expect(Object.keys(body.session)).toEqual(['id', 'createdAt', 'expiresAt']);
    expect(cookie).not.toContain(body.session.id);

    await fetch(`${url}/logout`, { method: 'POST', headers: { cookie } });
    expect((await fetch(`${url}/me`, { headers: { cookie } })).status).toBe(401);
  });

  test('lets nobody in without a session, guard or no guard', async () => {
    expect((await fetch(`${url}/me`)).status).toBe(401);
    expect((await fetch(`${url}/unguarded`)).status).toBe(401);
  });
});
