import {
  type PasskeyAssertion,
  type PasskeyOptionsAnswer,
  passkeyAssertionSchema,
  passkeyOptionsAnswerSchema,
  type UserAnswer,
  userAnswerSchema,
} from '@holdfast/contracts';
import { Api, clientAddress, ZodBody } from '@holdfast/service';
import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { AttemptLimits } from '../limits/attempt-limits.js';
import { keepChallenge, takeChallenge } from '../passkeys/passkey-challenge.js';
import { PasskeysService } from '../passkeys/passkeys.service.js';
import { SignInService } from './sign-in.service.js';

/** A login without name and password. */
@Controller('auth/login/passkey')
export class PasskeyLoginController {
  constructor(
    @Inject(PasskeysService) private readonly passkeys: PasskeysService,
    @Inject(AttemptLimits) private readonly limits: AttemptLimits,
    @Inject(SignInService) private readonly signIn: SignInService,
  ) {}

  @Post('options')
  @HttpCode(200)
  @Api({
    summary: 'Begin to sign in by a passkey: what the browser needs to ask for one',
    answers: { 200: passkeyOptionsAnswerSchema },
    problems: { 404: 'passkeys_off', 429: 'too_many_attempts' },
  })
  async options(@Req() req: Request): Promise<PasskeyOptionsAnswer> {
    const options = await this.passkeys.requestOptions();
    // Each of these makes a session for a stranger.
    await this.limits.admitChallenge(clientAddress(req));
    keepChallenge(req, 'log in', options.challenge);
    return { ...options };
  }

  @Post()
  @HttpCode(200)
  @Api({
    summary: 'Sign in by the passkey that the browser used, with the cookie of the first step',
    body: passkeyAssertionSchema,
    answers: { 200: userAnswerSchema },
    problems: {
      400: 'invalid_request',
      401: 'invalid_passkey',
      404: 'passkeys_off',
      409: 'no_passkey_challenge',
    },
  })
  async login(
    @Req() req: Request,
    @Body(ZodBody(passkeyAssertionSchema)) { response }: PasskeyAssertion,
  ): Promise<UserAnswer> {
    const name = await this.passkeys.verify(takeChallenge(req, 'log in'), response);
    return { user: await this.signIn.loginVerified(req, { name, address: clientAddress(req) }) };
  }
}
