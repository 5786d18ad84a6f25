import { type Account, AccountRepository, foldName } from './account.repository.js';

/** Accounts of one process, for tests. */
export class MemoryAccountRepository extends AccountRepository {
  private readonly accounts = new Map<string, Account>();

  async create(account: Account): Promise<boolean> {
    if (this.accounts.has(foldName(account.name))) return false;
    this.accounts.set(foldName(account.name), account);
    return true;
  }

  async findByName(name: string): Promise<Account | undefined> {
    return this.accounts.get(foldName(name));
  }

  async replacePassword(name: string, expectedHash: string, nextHash: string): Promise<boolean> {
    const account = this.accounts.get(foldName(name));
    if (account?.passwordHash !== expectedHash) return false;
    this.accounts.set(foldName(name), { ...account, passwordHash: nextHash });
    return true;
  }
}
