import type { EventOf } from '@holdfast/events';

/** An account that can log in. It lives as long as its user; a session only points to it. */
export interface Account {
  readonly id: string;
  /** As the user wrote it at registration. */
  readonly name: string;
  /** PHC string, see `PasswordHasher`. */
  readonly passwordHash: string;
  readonly createdAt: Date;
}

/** Stores accounts. Lookups ignore the case of a name. Methods reject when the storage cannot be used. */
export abstract class AccountRepository {
  /**
   * Returns false and changes nothing if the name is taken. Atomic: of parallel calls with one name exactly one returns
   * true, and only that one publishes the event.
   */
  abstract create(account: Account, registered: EventOf<'user.registered'>): Promise<boolean>;
  abstract findByName(name: string): Promise<Account | undefined>;
  /** Returns false and changes nothing unless the hash is still `expectedHash`: parallel changes do not overwrite each other. */
  abstract replacePassword(name: string, expectedHash: string, nextHash: string): Promise<boolean>;
}

/** The form in which a name is unique. Names are ASCII, so lower case is enough. */
export function foldName(name: string): string {
  return name.toLowerCase();
}
