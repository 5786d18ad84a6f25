import {
  type CodeRequest,
  codeRequestSchema,
  type PasswordRequest,
  passwordRequestSchema,
  type RecoveryCodesAnswer,
  recoveryCodesAnswerSchema,
  type SecondFactorAnswer,
  type SecondFactorRemovalRequest,
  type SecondFactorSecretAnswer,
  secondFactorAnswerSchema,
  secondFactorRemovalRequestSchema,
  secondFactorSecretAnswerSchema,
  type User,
} from '@holdfast/contracts';
import { Api, clientAddress, Problem, ZodBody } from '@holdfast/service';
import { Authenticated, CurrentUser, NOT_LOGGED_IN } from '@holdfast/session/nest';
import { Body, Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { AccountsService } from '../accounts/accounts.service.js';
import { SecondFactorService, wrongCode } from './second-factor.service.js';

/** How long a proposed secret can be confirmed. */
const PROPOSED_MS = 10 * 60_000;

declare module 'express-session' {
  interface SessionData {
    /** A second factor that is not enrolled yet. */
    proposedSecondFactor?: { readonly sealedSecret: string; readonly at: number };
  }
}

/** The second factor of the logged-in user. */
@Controller('auth/second-factor')
@Authenticated()
export class SecondFactorController {
  constructor(
    @Inject(SecondFactorService) private readonly secondFactor: SecondFactorService,
    @Inject(AccountsService) private readonly accounts: AccountsService,
  ) {}

  @Get()
  @Api({
    summary: 'Whether I have a second factor, and how many recovery codes are left',
    answers: { 200: secondFactorAnswerSchema },
    problems: { 401: NOT_LOGGED_IN },
  })
  async status(@CurrentUser() { name }: User): Promise<SecondFactorAnswer> {
    return this.secondFactor.status(name);
  }

  @Post()
  @HttpCode(200)
  @Api({
    summary: 'Propose a second factor: a secret for an authenticator app. It counts once a code of it is confirmed',
    body: passwordRequestSchema,
    answers: { 200: secondFactorSecretAnswerSchema },
    problems: {
      400: 'invalid_request',
      401: NOT_LOGGED_IN,
      403: 'wrong_password',
      409: 'second_factor_enrolled',
      429: 'too_many_attempts',
    },
  })
  async propose(
    @Req() req: Request,
    @CurrentUser() { name }: User,
    @Body(ZodBody(passwordRequestSchema)) { password }: PasswordRequest,
  ): Promise<SecondFactorSecretAnswer> {
    await this.accounts.confirmPassword({ username: name, password, address: clientAddress(req) });
    const { secret, uri, sealedSecret } = await this.secondFactor.propose(name);
    req.session.proposedSecondFactor = { sealedSecret, at: Date.now() };
    return { secret, uri };
  }

  @Post('confirm')
  @HttpCode(200)
  @Api({
    summary: 'Confirm the proposed second factor by a code of the app; answers the recovery codes, this once',
    body: codeRequestSchema,
    answers: { 200: recoveryCodesAnswerSchema },
    problems: {
      400: 'invalid_request',
      401: NOT_LOGGED_IN,
      403: 'wrong_code',
      409: 'second_factor_enrolled, no_proposed_second_factor',
    },
  })
  async confirm(
    @Req() req: Request,
    @CurrentUser() user: User,
    @Body(ZodBody(codeRequestSchema)) { code }: CodeRequest,
  ): Promise<RecoveryCodesAnswer> {
    const proposed = req.session.proposedSecondFactor;
    if (proposed === undefined || Date.now() - proposed.at > PROPOSED_MS) {
      throw new Problem(409, 'no_proposed_second_factor', 'Ask for a secret first: POST /auth/second-factor.');
    }
    const recoveryCodes = await this.secondFactor.enrol(user, proposed.sealedSecret, code);
    delete req.session.proposedSecondFactor;
    return { recoveryCodes: [...recoveryCodes] };
  }

  @Post('remove')
  @HttpCode(204)
  @Api({
    summary: 'Remove my second factor, by the password and a code of the app or a recovery code',
    body: secondFactorRemovalRequestSchema,
    answers: { 204: null },
    problems: {
      400: 'invalid_request',
      401: NOT_LOGGED_IN,
      403: 'wrong_password, wrong_code',
      429: 'too_many_attempts',
    },
  })
  async remove(
    @Req() req: Request,
    @CurrentUser() user: User,
    @Body(ZodBody(secondFactorRemovalRequestSchema)) { password, code }: SecondFactorRemovalRequest,
  ): Promise<void> {
    await this.accounts.confirmPassword({ username: user.name, password, address: clientAddress(req) });
    if (!(await this.secondFactor.use(user.name, code))) throw wrongCode(403);
    await this.secondFactor.remove(user);
  }
}
