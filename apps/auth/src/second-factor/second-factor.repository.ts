import type { EventOf } from '@holdfast/events';

/** The second factor of one user. */
export interface SecondFactor {
  /** The secret shared with the app, as `Sealer` wrote it. */
  readonly sealedSecret: string;
  /** The time step of the last code that was used; older codes and this one are refused. */
  readonly lastStep: number;
  readonly recoveryCodesLeft: number;
}

/** Second factor as it is first stored. */
export interface Enrolment {
  readonly sealedSecret: string;
  readonly lastStep: number;
  /** Digests of the recovery codes. */
  readonly recoveryDigests: readonly string[];
}

/** Stores the second factors of users, by user name in any case. Methods reject when the storage cannot be used. */
export abstract class SecondFactorRepository {
  /** Returns false and changes nothing if the user has one. Atomic: only a call that returns true publishes the event. */
  abstract create(name: string, enrolment: Enrolment, enrolled: EventOf<'second-factor.enrolled'>): Promise<boolean>;
  abstract exists(name: string): Promise<boolean>;
  abstract find(name: string): Promise<SecondFactor | undefined>;
  /** Whether this step is later than every step used before, and is used now: true for one of many parallel calls. */
  abstract useStep(name: string, step: number): Promise<boolean>;
  /** Whether the code was unused; it is used now. True for one of many parallel calls. */
  abstract useRecoveryCode(name: string, digest: string): Promise<boolean>;
  /** Returns false if the user had none. Atomic: only a call that returns true publishes the event. */
  abstract remove(name: string, removed: EventOf<'second-factor.removed'>): Promise<boolean>;
}
