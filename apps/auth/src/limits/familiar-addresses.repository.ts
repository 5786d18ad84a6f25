/** From where each user has logged in: the addresses that an attack on the account's name does not shut out. */
export abstract class FamiliarAddressRepository {
  abstract remember(userName: string, address: string): Promise<void>;
  abstract knows(userName: string, address: string): Promise<boolean>;
}
