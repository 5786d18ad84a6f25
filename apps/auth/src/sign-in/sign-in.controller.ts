import {
  type CodeRequest,
  codeRequestSchema,
  type LoginRequest,
  loginRequestSchema,
  type MeAnswer,
  meAnswerSchema,
  type PasswordChangeRequest,
  passwordChangeRequestSchema,
  type RegisterRequest,
  registerRequestSchema,
  type User,
  type UserAnswer,
  userAnswerSchema,
} from '@holdfast/contracts';
import { Api, clientAddress, ZodBody } from '@holdfast/service';
import {
  Authenticated,
  CurrentSession,
  type CurrentSessionInfo,
  CurrentUser,
  NOT_LOGGED_IN,
} from '@holdfast/session/nest';
import { Body, Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { SignInService } from './sign-in.service.js';

@Controller('auth')
export class SignInController {
  constructor(@Inject(SignInService) private readonly signIn: SignInService) {}

  @Post('register')
  @Api({
    summary: 'Make an account and sign in',
    body: registerRequestSchema,
    answers: { 201: userAnswerSchema },
    problems: { 400: 'invalid_request, common_password', 409: 'name_taken', 429: 'too_many_attempts' },
  })
  async register(
    @Req() req: Request,
    @Body(ZodBody(registerRequestSchema)) body: RegisterRequest,
  ): Promise<UserAnswer> {
    return { user: await this.signIn.register(req, { ...body, address: clientAddress(req) }) };
  }

  @Post('login')
  @HttpCode(200)
  @Api({
    summary: 'Sign in',
    body: loginRequestSchema,
    answers: { 200: userAnswerSchema },
    problems: { 400: 'invalid_request', 401: 'invalid_credentials, second_factor_required', 429: 'too_many_attempts' },
  })
  async login(@Req() req: Request, @Body(ZodBody(loginRequestSchema)) body: LoginRequest): Promise<UserAnswer> {
    return { user: await this.signIn.login(req, { ...body, address: clientAddress(req) }) };
  }

  @Post('login/second-factor')
  @HttpCode(200)
  @Api({
    summary: 'Sign in, second step: a code of the app or a recovery code, with the cookie of the first step',
    body: codeRequestSchema,
    answers: { 200: userAnswerSchema },
    problems: { 400: 'invalid_request', 401: 'no_pending_login, wrong_code', 429: 'too_many_attempts' },
  })
  async loginByCode(@Req() req: Request, @Body(ZodBody(codeRequestSchema)) { code }: CodeRequest): Promise<UserAnswer> {
    return { user: await this.signIn.loginByCode(req, { code, address: clientAddress(req) }) };
  }

  @Post('logout')
  @HttpCode(204)
  @Api({ summary: 'Sign out; nothing happens without a session', answers: { 204: null } })
  async logout(@Req() req: Request): Promise<void> {
    await this.signIn.logout(req);
  }

  @Get('me')
  @Authenticated()
  @Api({
    summary: 'Who I am, and until when',
    answers: { 200: meAnswerSchema },
    problems: { 401: NOT_LOGGED_IN },
  })
  me(@CurrentUser() user: User, @CurrentSession() session: CurrentSessionInfo): MeAnswer {
    return {
      user: { id: user.id, name: user.name },
      session: {
        id: session.id,
        createdAt: session.createdAt.toISOString(),
        expiresAt: session.expiresAt.toISOString(),
      },
    };
  }

  @Post('password')
  @HttpCode(204)
  @Authenticated()
  @Api({
    summary: 'Change my password; other sessions end if asked',
    body: passwordChangeRequestSchema,
    answers: { 204: null },
    problems: {
      400: 'invalid_request, common_password',
      401: NOT_LOGGED_IN,
      403: 'wrong_password',
      429: 'too_many_attempts',
    },
  })
  async changePassword(
    @Req() req: Request,
    @CurrentUser() user: User,
    @CurrentSession() session: CurrentSessionInfo,
    @Body(ZodBody(passwordChangeRequestSchema)) body: PasswordChangeRequest,
  ): Promise<void> {
    await this.signIn.changePassword(req, { user, sessionId: session.id, address: clientAddress(req), ...body });
  }
}
