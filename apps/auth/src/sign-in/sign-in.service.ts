import type { PasswordChangeRequest, User } from '@holdfast/contracts';
import { Problem } from '@holdfast/service';
import { SessionService } from '@holdfast/session/nest';
import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { Account } from '../accounts/account.repository.js';
import { AccountsService, type Credentials, invalidCredentials } from '../accounts/accounts.service.js';
import { SessionEvents } from './session-events.js';

/** A password change by someone who is logged in. */
export interface PasswordChange extends PasswordChangeRequest {
  readonly user: User;
  readonly sessionId: string;
  readonly address: string;
}

/** Connects accounts and sessions. Every method resolves only after the session store has confirmed. */
@Injectable()
export class SignInService {
  constructor(
    @Inject(AccountsService) private readonly accounts: AccountsService,
    @Inject(SessionService) private readonly sessions: SessionService,
    @Inject(SessionEvents) private readonly events: SessionEvents,
  ) {}

  async register(req: Request, credentials: Credentials): Promise<User> {
    const account = await this.accounts.register(credentials);
    try {
      const user = await this.startSession(req, account);
      await this.tellStarted(req, user);
      return user;
    } catch (error) {
      // A user who simply tries again would get "name taken".
      const detail = 'Your account was made, but signing in failed. Log in shortly.';
      throw new Problem(503, 'registered_not_signed_in', detail, 1, { cause: error });
    }
  }

  async login(req: Request, credentials: Credentials): Promise<User> {
    const { account, newNetwork } = await this.accounts.authenticate(credentials);
    const user = await this.startSession(req, account);
    // These are independent, so together they cost one round trip to Redis.
    const [isCurrent] = await Promise.all([
      this.accounts.isCurrent(account),
      this.accounts.loginSucceeded(credentials),
      this.tellStarted(req, user, newNetwork),
    ]);
    // A password change between the check and the session has ended all sessions but this one.
    if (isCurrent) return user;
    await this.sessions.logout(req);
    throw invalidCredentials();
  }

  async logout(req: Request): Promise<void> {
    await this.sessions.logout(req);
  }

  /** The sid changes, which makes a stolen one useless. `endOtherSessions` ends all other sessions of the user. */
  async changePassword(req: Request, change: PasswordChange): Promise<void> {
    const { user, sessionId, address, current, next, endOtherSessions } = change;
    // A store that cannot end sessions rejects here, before any change.
    if (endOtherSessions) await this.sessions.devices.list(user.id);
    await this.accounts.changePassword({ username: user.name, password: current, address }, next);
    if (endOtherSessions) await this.endOthers(user.id, sessionId);
    await this.sessions.rotate(req);
  }

  private async endOthers(userId: string, sessionId: string): Promise<void> {
    try {
      await this.sessions.devices.endOthers(userId, sessionId, 'password-changed');
    } catch (error) {
      const detail = 'Your password was changed, but your other sessions may still be alive. End them shortly.';
      throw new Problem(503, 'password_changed_sessions_alive', detail, 1, { cause: error });
    }
  }

  private async startSession(req: Request, { id, name }: Account): Promise<User> {
    await this.sessions.login(req, { id, name });
    return { id, name };
  }

  private async tellStarted(req: Request, user: User, newNetwork = false): Promise<void> {
    const session = this.sessions.current(req);
    if (session !== null) await this.events.started(user.id, session.sessionId, newNetwork);
  }
}
