/** Stores the networks from which each user has logged in. The limit on the account's name does not apply to them. */
export abstract class FamiliarAddressRepository {
  abstract remember(userName: string, address: string): Promise<void>;
  abstract knows(userName: string, address: string): Promise<boolean>;
}
