import { Problem } from '@holdfast/service';

/** The rule that whoever ends other sessions has logged in lately, so that a stolen cookie cannot lock its owner out. */
export class RecentLogin {
  /** `seconds`: the oldest login that will do; undefined: any. */
  constructor(
    private readonly seconds: number | undefined,
    private readonly now: () => number = Date.now,
  ) {}

  /** Throws 403 for a login that is too old. Logging in again with the session's cookie replaces the session. */
  require({ createdAt }: { readonly createdAt: Date }): void {
    if (this.seconds === undefined || this.now() - createdAt.getTime() <= this.seconds * 1000) return;
    throw new Problem(403, 'login_too_old', 'Log in again first: POST /auth/login.');
  }
}
