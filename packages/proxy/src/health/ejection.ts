/** The number of failures in a row that ejects a destination, and the length of an ejection. */
export interface EjectionRule {
  readonly failures: number;
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * Decides from the outcomes of its requests when a destination is ejected. It reads no clock: the caller passes the time.
 * A run of failures ejects the destination, and each further ejection lasts twice as long. After an ejection the destination is on
 * probation: one failure ejects it again, one success halves the length of the next ejection.
 */
export class Ejection {
  private run = 0;
  private times = 0;
  private onProbation = false;
  private until = 0;

  constructor(private readonly rule: EjectionRule) {}

  get consecutiveFailures(): number {
    return this.run;
  }

  isEjected(nowMs: number): boolean {
    return nowMs < this.until;
  }

  /** 0 when not ejected. */
  get ejectedUntilMs(): number {
    return this.until;
  }

  success(nowMs: number): void {
    this.run = 0;
    if (!this.onProbation || this.isEjected(nowMs)) return;
    this.onProbation = false;
    this.times = Math.max(0, this.times - 1);
  }

  /** Returns whether the failure reaches the rule's threshold and the caller should decide about `eject`. */
  failure(nowMs: number): boolean {
    if (this.isEjected(nowMs)) return false;
    this.run++;
    return this.run >= (this.onProbation ? 1 : this.rule.failures);
  }

  eject(nowMs: number): void {
    this.until = nowMs + Math.min(this.rule.maxMs, this.rule.baseMs * 2 ** this.times);
    this.times = Math.min(this.times + 1, 20);
    this.run = 0;
    this.onProbation = true;
  }
}
