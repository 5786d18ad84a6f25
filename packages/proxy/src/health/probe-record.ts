/** Turns single probe results into up or down: pure, one per destination. */
export class ProbeRecord {
  private failures = 0;
  private successes = 0;
  up = true;

  constructor(
    private readonly unhealthyAfter: number,
    private readonly healthyAfter: number,
  ) {}

  /** Returns whether `up` changed. */
  add(ok: boolean): boolean {
    this.failures = ok ? 0 : this.failures + 1;
    this.successes = ok ? this.successes + 1 : 0;
    const before = this.up;
    if (ok && this.successes >= this.healthyAfter) this.up = true;
    if (!ok && this.failures >= this.unhealthyAfter) this.up = false;
    return this.up !== before;
  }
}
