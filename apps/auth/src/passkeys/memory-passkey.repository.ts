import { type Passkey, PasskeyRepository, type Passkeys } from './passkey.repository.js';

/** Passkeys of one process, for tests. */
export class MemoryPasskeyRepository extends PasskeyRepository {
  private readonly users = new Map<string, { readonly userName: string; passkeys: readonly Passkey[] }>();

  async add(user: { readonly id: string; readonly name: string }, passkey: Passkey, most: number): Promise<boolean> {
    const { passkeys } = this.users.get(user.id) ?? { passkeys: [] };
    if (passkeys.length >= most || passkeys.some(({ id }) => id === passkey.id)) return false;
    this.users.set(user.id, { userName: user.name, passkeys: [...passkeys, passkey] });
    return true;
  }

  async of(userId: string): Promise<Passkeys | undefined> {
    return this.users.get(userId);
  }

  async use(userId: string, id: string, counter: number): Promise<boolean> {
    const user = this.users.get(userId);
    const last = user?.passkeys.find((passkey) => passkey.id === id)?.counter;
    if (user === undefined || last === undefined) return false;
    if (counter <= last && (counter > 0 || last > 0)) return false;
    user.passkeys = user.passkeys.map((passkey) => (passkey.id === id ? { ...passkey, counter } : passkey));
    return true;
  }

  async remove(userId: string, id: string): Promise<boolean> {
    const user = this.users.get(userId);
    const rest = user?.passkeys.filter((passkey) => passkey.id !== id) ?? [];
    if (user === undefined || rest.length === user.passkeys.length) return false;
    user.passkeys = rest;
    return true;
  }
}
