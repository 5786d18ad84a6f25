import type { EventOf } from '@holdfast/events';

/** Who may log in. Lives as long as the user does; the session only points to it. */
export interface Account {
  readonly id: string;
  /** As its owner wrote it. */
  readonly name: string;
  /** PHC string, see `PasswordHasher`. */
  readonly passwordHash: string;
  readonly createdAt: Date;
}

/** Where accounts are kept. Names are found whatever their case. Rejects when the storage cannot be used. */
export abstract class AccountRepository {
  /**
   * False, and nothing changed, if the name is taken. Atomic: of parallel calls with one name exactly one is true, and only
   * then the other services are told.
   */
  abstract create(account: Account, registered: EventOf<'user.registered'>): Promise<boolean>;
  abstract findByName(name: string): Promise<Account | undefined>;
  /** False, and nothing changed, unless the hash is still `expectedHash`: parallel changes do not overwrite each other. */
  abstract replacePassword(name: string, expectedHash: string, nextHash: string): Promise<boolean>;
}

/** The form in which a name is unique. Names are ASCII, so lower case is enough. */
export function foldName(name: string): string {
  return name.toLowerCase();
}
