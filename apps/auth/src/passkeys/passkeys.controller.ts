import {
  type CreatedPasskey,
  createdPasskeySchema,
  type PasskeyOptionsAnswer,
  type PasskeysAnswer,
  type PasskeyView,
  type PasswordRequest,
  passkeyIdParamSchema,
  passkeyOptionsAnswerSchema,
  passkeySchema,
  passkeysAnswerSchema,
  passwordRequestSchema,
  type User,
} from '@holdfast/contracts';
import { Api, clientAddress, Problem, ZodBody, ZodParam } from '@holdfast/service';
import {
  Authenticated,
  CurrentSession,
  type CurrentSessionInfo,
  CurrentUser,
  NOT_LOGGED_IN,
} from '@holdfast/session/nest';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { AccountsService } from '../accounts/accounts.service.js';
import { RecentLogin } from '../devices/recent-login.js';
import type { Passkey } from './passkey.repository.js';
import { keepChallenge, takeChallenge } from './passkey-challenge.js';
import { PasskeysService } from './passkeys.service.js';

/** The passkeys of the logged-in user. */
@Controller('auth/passkeys')
@Authenticated()
export class PasskeysController {
  constructor(
    @Inject(PasskeysService) private readonly passkeys: PasskeysService,
    @Inject(AccountsService) private readonly accounts: AccountsService,
    @Inject(RecentLogin) private readonly recentLogin: RecentLogin,
  ) {}

  @Get()
  @Api({
    summary: 'My passkeys, oldest first',
    answers: { 200: passkeysAnswerSchema },
    problems: { 401: NOT_LOGGED_IN, 404: 'passkeys_off' },
  })
  async list(@CurrentUser() user: User): Promise<PasskeysAnswer> {
    return { passkeys: (await this.passkeys.list(user)).map(view) };
  }

  @Post('options')
  @HttpCode(200)
  @Api({
    summary: 'Begin to add a passkey: what the browser needs to make one',
    body: passwordRequestSchema,
    answers: { 200: passkeyOptionsAnswerSchema },
    problems: {
      400: 'invalid_request',
      401: NOT_LOGGED_IN,
      403: 'wrong_password',
      404: 'passkeys_off',
      429: 'too_many_attempts',
    },
  })
  async options(
    @Req() req: Request,
    @CurrentUser() user: User,
    @Body(ZodBody(passwordRequestSchema)) { password }: PasswordRequest,
  ): Promise<PasskeyOptionsAnswer> {
    const options = await this.passkeys.creationOptions(user);
    await this.accounts.confirmPassword({ username: user.name, password, address: clientAddress(req) });
    keepChallenge(req, 'create', options.challenge);
    return { ...options };
  }

  @Post()
  @Api({
    summary: 'Add the passkey that the browser made',
    body: createdPasskeySchema,
    answers: { 201: passkeySchema },
    problems: {
      400: 'invalid_request, invalid_passkey',
      401: NOT_LOGGED_IN,
      404: 'passkeys_off',
      409: 'no_passkey_challenge, passkey_refused',
    },
  })
  async add(
    @Req() req: Request,
    @CurrentUser() user: User,
    @Body(ZodBody(createdPasskeySchema)) created: CreatedPasskey,
  ): Promise<PasskeyView> {
    return view(await this.passkeys.add(user, takeChallenge(req, 'create'), created));
  }

  @Delete(':id')
  @HttpCode(204)
  @Api({
    summary: 'Remove one of my passkeys',
    params: passkeyIdParamSchema,
    answers: { 204: null },
    problems: { 401: NOT_LOGGED_IN, 403: 'login_too_old', 404: 'no_such_passkey, passkeys_off' },
  })
  async remove(
    @CurrentUser() user: User,
    @CurrentSession() session: CurrentSessionInfo,
    @Param(ZodParam(passkeyIdParamSchema)) { id }: { id: string },
  ): Promise<void> {
    this.recentLogin.require(session);
    if (await this.passkeys.remove(user, id)) return;
    throw new Problem(404, 'no_such_passkey', 'You have no passkey with this id.');
  }
}

function view({ id, label, createdAt }: Passkey): PasskeyView {
  return { id, label, createdAt: createdAt.toISOString() };
}
