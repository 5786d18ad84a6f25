import { foldName } from '../accounts/account.repository.js';
import { type Enrolment, type SecondFactor, SecondFactorRepository } from './second-factor.repository.js';

interface Stored {
  readonly sealedSecret: string;
  lastStep: number;
  readonly unused: Set<string>;
}

/** Second factors of one process, for tests. */
export class MemorySecondFactorRepository extends SecondFactorRepository {
  private readonly factors = new Map<string, Stored>();

  async create(name: string, { sealedSecret, lastStep, recoveryDigests }: Enrolment): Promise<boolean> {
    if (this.factors.has(foldName(name))) return false;
    this.factors.set(foldName(name), { sealedSecret, lastStep, unused: new Set(recoveryDigests) });
    return true;
  }

  async exists(name: string): Promise<boolean> {
    return this.factors.has(foldName(name));
  }

  async find(name: string): Promise<SecondFactor | undefined> {
    const stored = this.factors.get(foldName(name));
    if (stored === undefined) return undefined;
    const { sealedSecret, lastStep, unused } = stored;
    return { sealedSecret, lastStep, recoveryCodesLeft: unused.size };
  }

  async useStep(name: string, step: number): Promise<boolean> {
    const stored = this.factors.get(foldName(name));
    if (stored === undefined || step <= stored.lastStep) return false;
    stored.lastStep = step;
    return true;
  }

  async useRecoveryCode(name: string, digest: string): Promise<boolean> {
    return this.factors.get(foldName(name))?.unused.delete(digest) ?? false;
  }

  async remove(name: string): Promise<boolean> {
    return this.factors.delete(foldName(name));
  }
}
