import type { Account } from '../accounts/account.repository.js';
import { digest } from '../limits/digest.js';

/** How long a password counts while the code is awaited. */
const PENDING_MS = 5 * 60_000;

/** A login whose password was right and whose second factor is still awaited. It grants nothing. */
export interface PendingLogin {
  readonly name: string;
  /** Digest of the password's hash: a login that began before the password changed must not be completed. */
  readonly passwordDigest: string;
  readonly newNetwork: boolean;
  readonly at: number;
}

declare module 'express-session' {
  interface SessionData {
    /** Attribute of a session that is not logged in yet, or logs in again. */
    pendingLogin?: PendingLogin;
  }
}

export function pendingLogin({ name, passwordHash }: Account, newNetwork: boolean, now: number): PendingLogin {
  return { name, passwordDigest: digest(passwordHash), newNetwork, at: now };
}

/** Whether this login may still be completed for the account as it is now. */
export function isPending({ passwordDigest, at }: PendingLogin, account: Account, now: number): boolean {
  return now - at <= PENDING_MS && digest(account.passwordHash) === passwordDigest;
}
