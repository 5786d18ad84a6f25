import type { SecondFactorAnswer, User } from '@holdfast/contracts';
import { newEvent } from '@holdfast/events';
import { currentRequest, Problem } from '@holdfast/service';
import { Secret, TOTP } from 'otpauth';
import { foldName } from '../accounts/account.repository.js';
import type { AttemptLimits } from '../limits/attempt-limits.js';
import { newRecoveryCodes, recoveryDigest } from './recovery-codes.js';
import type { Sealer } from './sealer.js';
import type { SecondFactorRepository } from './second-factor.repository.js';

/** What every authenticator app can do (RFC 6238). */
const CODE = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** One step of clock difference to each side. */
const WINDOW = 1;

/** A second factor that its owner has still to confirm. */
export interface NewSecret {
  readonly secret: string;
  readonly uri: string;
  /** For the session to keep until then. */
  readonly sealedSecret: string;
}

/** Time-based codes (TOTP) and recovery codes of users. It does not know about sessions. */
export class SecondFactorService {
  constructor(
    private readonly factors: SecondFactorRepository,
    private readonly sealer: Sealer,
    private readonly limits: AttemptLimits,
    /** Shown by the app beside the user's name. */
    private readonly issuer: string,
    private readonly now: () => number = Date.now,
  ) {}

  isEnrolled(name: string): Promise<boolean> {
    return this.factors.exists(name);
  }

  async status(name: string): Promise<SecondFactorAnswer> {
    const factor = await this.factors.find(name);
    return { enrolled: factor !== undefined, recoveryCodesLeft: factor?.recoveryCodesLeft ?? 0 };
  }

  /** Stores nothing. Rejects with 409 if the user has a second factor. */
  async propose(name: string): Promise<NewSecret> {
    if (await this.isEnrolled(name)) throw alreadyEnrolled();
    const secret = new Secret();
    const uri = new TOTP({ ...CODE, secret, issuer: this.issuer, label: name }).toString();
    return { secret: secret.base32, uri, sealedSecret: this.sealer.seal(secret.base32, foldName(name)) };
  }

  /** Resolves to the recovery codes. Rejects with 403 for a code that the proposed secret does not give, 409 if the user has a second factor. */
  async enrol({ id, name }: User, sealedSecret: string, code: string): Promise<readonly string[]> {
    const lastStep = this.stepOf(name, sealedSecret, code);
    if (lastStep === undefined) throw wrongCode(403);
    const codes = newRecoveryCodes();
    const recoveryDigests = codes.map(recoveryDigest);
    const enrolled = newEvent('second-factor.enrolled', { key: id, data: {}, ...currentRequest() });
    const isNew = await this.factors.create(name, { sealedSecret, lastStep, recoveryDigests }, enrolled);
    if (!isNew) throw alreadyEnrolled();
    return codes;
  }

  /** Uses a code of the app or a recovery code up: each counts once. Rejects with 429 after too many attempts for this user. */
  async use(name: string, code: string): Promise<boolean> {
    await this.limits.admitCode(foldName(name));
    if (!/^\d+$/.test(code)) return this.factors.useRecoveryCode(name, recoveryDigest(code));
    const factor = await this.factors.find(name);
    const step = factor && this.stepOf(name, factor.sealedSecret, code);
    return step !== undefined && this.factors.useStep(name, step);
  }

  async remove({ id, name }: User): Promise<void> {
    await this.factors.remove(name, newEvent('second-factor.removed', { key: id, data: {}, ...currentRequest() }));
  }

  /** The time step of the code, if it is a code of now. */
  private stepOf(name: string, sealedSecret: string, token: string): number | undefined {
    const secret = Secret.fromBase32(this.sealer.open(sealedSecret, foldName(name)));
    const timestamp = this.now();
    const delta = TOTP.validate({ ...CODE, secret, token, timestamp, window: WINDOW });
    return delta === null ? undefined : Math.floor(timestamp / (CODE.period * 1000)) + delta;
  }
}

/** 401 at login, 403 for who is logged in. */
export function wrongCode(status: 401 | 403): Problem {
  return new Problem(status, 'wrong_code', 'The code is not right, or was used before; wait for the next one.');
}

function alreadyEnrolled(): Problem {
  return new Problem(409, 'second_factor_enrolled', 'You have a second factor; remove it before you enrol another.');
}
