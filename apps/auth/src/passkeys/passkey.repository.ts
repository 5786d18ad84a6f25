import type { EventOf } from '@holdfast/events';

/** A passkey of a user: a key pair whose private half never leaves the user's device. */
export interface Passkey {
  /** Credential id, base64url. */
  readonly id: string;
  /** As the user named it. */
  readonly label: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  readonly transports: readonly string[];
  readonly createdAt: Date;
  /** Signature counter as last seen; 0 where the device does not count. */
  readonly counter: number;
}

/** The passkeys of one user, and the name that finds the account. */
export interface Passkeys {
  readonly userName: string;
  readonly passkeys: readonly Passkey[];
}

/** Stores passkeys, by user id. Methods reject when the storage cannot be used. */
export abstract class PasskeyRepository {
  /** Returns false and changes nothing if the user has that passkey, or `most` of them. Atomic: only a call that returns true publishes the event. */
  abstract add(
    user: { readonly id: string; readonly name: string },
    passkey: Passkey,
    most: number,
    added: EventOf<'passkey.added'>,
  ): Promise<boolean>;
  /** Oldest first. */
  abstract of(userId: string): Promise<Passkeys | undefined>;
  /**
   * Stores the counter. False if the passkey is gone, or a counter that counts has not grown, which tells of a copied key. True for
   * one of parallel calls with one counter.
   */
  abstract use(userId: string, id: string, counter: number): Promise<boolean>;
  /** Returns false if the user has no such passkey. Atomic: only a call that returns true publishes the event. */
  abstract remove(userId: string, id: string, removed: EventOf<'passkey.removed'>): Promise<boolean>;
}
