import { hash, verify } from '@node-rs/argon2';

/** OWASP's first choice: Argon2id (the library's default kind), 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Hashes passwords to PHC strings and verifies them, off the main thread, about 40 ms each. No password is truncated. */
export class PasswordHasher {
  private decoy: Promise<string> | undefined;

  hash(password: string): Promise<string> {
    return hash(canonical(password), COST);
  }

  /** Without a hash it does the same work and returns false, so an unknown user takes as long as a wrong password. */
  async verify(password: string, passwordHash: string | undefined): Promise<boolean> {
    const known = await verify(passwordHash ?? (await this.decoyHash()), canonical(password));
    return known && passwordHash !== undefined;
  }

  /** Makes the decoy now rather than during the first login. */
  async warmUp(): Promise<void> {
    await this.decoyHash();
  }

  private decoyHash(): Promise<string> {
    this.decoy ??= hash('nobody has this password', COST);
    return this.decoy;
  }
}

/** Keyboards differ in how they compose the same character (NIST SP 800-63B, 3.1.1.2). */
function canonical(password: string): string {
  return password.normalize('NFKC');
}
