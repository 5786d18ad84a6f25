import { FamiliarAddressRepository } from './familiar-addresses.repository.js';

/** Familiar addresses of one process, for tests. */
export class MemoryFamiliarAddressRepository extends FamiliarAddressRepository {
  private readonly known = new Set<string>();

  async remember(userName: string, address: string): Promise<void> {
    this.known.add(`${userName} ${address}`);
  }

  async knows(userName: string, address: string): Promise<boolean> {
    return this.known.has(`${userName} ${address}`);
  }
}
