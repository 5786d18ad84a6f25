import { Injectable } from '@nestjs/common';

export interface Readiness {
  readonly ready: boolean;
  /** The names of the checks that failed. */
  readonly failed: readonly string[];
}

const CHECK_TIMEOUT_MS = 1000;

/** The checks that show whether a service can work. Any module may register one; `/readyz` runs them all. */
@Injectable()
export class HealthRegistry {
  private readonly checks = new Map<string, () => Promise<void>>();
  private isLeaving = false;

  /** `check` rejects when the service cannot work; one that takes longer than a second counts as failed. */
  register(name: string, check: () => Promise<void>): void {
    this.checks.set(name, check);
  }

  /** Makes the service not ready from now on, because it is shutting down. */
  leave(): void {
    this.isLeaving = true;
  }

  get leaving(): boolean {
    return this.isLeaving;
  }

  async readiness(): Promise<Readiness> {
    if (this.isLeaving) return { ready: false, failed: ['shutdown'] };
    const outcomes = await Promise.all(
      [...this.checks].map(async ([name, check]) => ((await passes(check)) ? [] : [name])),
    );
    const failed = outcomes.flat();
    return { ready: failed.length === 0, failed };
  }
}

async function passes(check: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check().then(() => true), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
