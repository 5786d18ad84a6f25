/** Lets retries be at most a share of recent requests (and a few a second besides), so they never multiply an outage. */
export class RetryBudget {
  private requests = 0;
  private retries = 0;

  constructor(
    private readonly ratio: number,
    private readonly reserve = 10,
  ) {}

  request(): void {
    this.requests++;
  }

  /** Takes one retry out of the budget; false when it is spent. */
  tryRetry(): boolean {
    if (this.ratio === 0 || this.retries >= this.reserve + this.requests * this.ratio) return false;
    this.retries++;
    return true;
  }

  /** Forgets half: called about once a second, so the budget follows the last few seconds. */
  decay(): void {
    this.requests >>= 1;
    this.retries >>= 1;
  }
}
