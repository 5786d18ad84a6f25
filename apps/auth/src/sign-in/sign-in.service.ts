import type { PasswordChangeRequest, User } from '@holdfast/contracts';
import { Problem } from '@holdfast/service';
import { SessionService } from '@holdfast/session/nest';
import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { Account } from '../accounts/account.repository.js';
import { AccountsService, type Credentials, invalidCredentials } from '../accounts/accounts.service.js';
import { SecondFactorService, wrongCode } from '../second-factor/second-factor.service.js';
import { isPending, pendingLogin } from './pending-login.js';
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
    @Inject(SecondFactorService) private readonly secondFactor: SecondFactorService,
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

  /** Rejects with 401 `second_factor_required` when the password was right and a code is to follow. */
  async login(req: Request, credentials: Credentials): Promise<User> {
    // Together, so that the question costs no round trip of its own, nor tells whether the name exists.
    const [{ account, newNetwork }, needsCode] = await Promise.all([
      this.accounts.authenticate(credentials),
      this.secondFactor.isEnrolled(credentials.username),
    ]);
    if (!needsCode) return this.complete(req, account, { address: credentials.address, newNetwork });
    req.session.pendingLogin = pendingLogin(account, newNetwork, Date.now());
    throw new Problem(
      401,
      'second_factor_required',
      'The password is right. Send a code: POST /auth/login/second-factor.',
    );
  }

  /** The second step of a login. Rejects with 401 for a wrong code, and without a first step in this session. */
  async loginByCode(
    req: Request,
    { code, address }: { readonly code: string; readonly address: string },
  ): Promise<User> {
    const pending = req.session.pendingLogin;
    const account = pending && (await this.accounts.find(pending.name));
    if (pending === undefined || account === undefined || !isPending(pending, account, Date.now())) {
      delete req.session.pendingLogin;
      throw new Problem(401, 'no_pending_login', 'Begin again with name and password: POST /auth/login.');
    }
    if (!(await this.secondFactor.use(account.name, code))) throw wrongCode(401);
    delete req.session.pendingLogin;
    return this.complete(req, account, { address, newNetwork: pending.newNetwork });
  }

  /** For a user whose passkey was verified. */
  async loginVerified(
    req: Request,
    { name, address }: { readonly name: string; readonly address: string },
  ): Promise<User> {
    const account = await this.accounts.find(name);
    if (account === undefined) throw invalidCredentials();
    delete req.session.pendingLogin;
    return this.complete(req, account, { address, newNetwork: false });
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

  private async complete(
    req: Request,
    account: Account,
    { address, newNetwork }: { readonly address: string; readonly newNetwork: boolean },
  ): Promise<User> {
    const user = await this.startSession(req, account);
    // These are independent, so together they cost one round trip to Redis.
    const [isCurrent] = await Promise.all([
      this.accounts.isCurrent(account),
      this.accounts.loginSucceeded({ username: account.name, address }),
      this.tellStarted(req, user, newNetwork),
    ]);
    // A password change between the check and the session has ended all sessions but this one.
    if (isCurrent) return user;
    await this.sessions.logout(req);
    throw invalidCredentials();
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
