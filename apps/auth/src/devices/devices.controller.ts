import { type DevicesAnswer, devicesAnswerSchema, sessionIdParamSchema, type User } from '@holdfast/contracts';
import { Api, Problem, ZodParam } from '@holdfast/service';
import {
  Authenticated,
  CurrentSession,
  type CurrentSessionInfo,
  CurrentUser,
  NOT_LOGGED_IN,
  SessionService,
} from '@holdfast/session/nest';
import { Controller, Delete, Get, HttpCode, Inject, Param, Req } from '@nestjs/common';
import type { Request } from 'express';
import { RecentLogin } from './recent-login.js';

/** The sessions of the logged-in user. Their ids are the public ones, which grant no access. */
@Controller('auth/sessions')
@Authenticated()
export class DevicesController {
  constructor(
    @Inject(SessionService) private readonly sessions: SessionService,
    @Inject(RecentLogin) private readonly recentLogin: RecentLogin,
  ) {}

  @Get()
  @Api({
    summary: 'My devices, newest first',
    answers: { 200: devicesAnswerSchema },
    problems: { 401: NOT_LOGGED_IN, 501: 'session_unsupported' },
  })
  async list(@CurrentUser() user: User, @CurrentSession() session: CurrentSessionInfo): Promise<DevicesAnswer> {
    const devices = await this.sessions.devices.list(user.id);
    return {
      sessions: devices.map(({ id, createdAt, lastSeenAt, expiresAt, userAgent }) => ({
        id,
        current: id === session.id,
        createdAt: createdAt.toISOString(),
        lastSeenAt: lastSeenAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
        ...(userAgent === undefined ? {} : { userAgent }),
      })),
    };
  }

  @Delete(':id')
  @HttpCode(204)
  @Api({
    summary: 'End one of my sessions',
    params: sessionIdParamSchema,
    answers: { 204: null },
    problems: { 401: NOT_LOGGED_IN, 403: 'login_too_old', 404: 'no_such_session', 501: 'session_unsupported' },
  })
  async end(
    @Req() req: Request,
    @CurrentUser() user: User,
    @CurrentSession() session: CurrentSessionInfo,
    @Param(ZodParam(sessionIdParamSchema)) { id }: { id: string },
  ): Promise<void> {
    // Ending the current session is a logout, which also clears the cookie.
    if (id === session.id) return this.sessions.logout(req);
    this.recentLogin.require(session);
    const ended = await this.sessions.devices.end(user.id, id, 'revoked');
    if (!ended) throw new Problem(404, 'no_such_session', 'You have no session with this id.');
  }

  @Delete()
  @HttpCode(204)
  @Api({
    summary: 'End all my other sessions',
    answers: { 204: null },
    problems: { 401: NOT_LOGGED_IN, 403: 'login_too_old', 501: 'session_unsupported' },
  })
  async endOthers(@CurrentUser() user: User, @CurrentSession() session: CurrentSessionInfo): Promise<void> {
    this.recentLogin.require(session);
    await this.sessions.devices.endOthers(user.id, session.id, 'revoked');
  }
}
