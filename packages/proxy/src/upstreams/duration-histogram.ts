const bounds = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

/** The durations of answers: counts per bucket, for percentiles over time. */
export class DurationHistogram {
  private readonly buckets = new Float64Array(bounds.length + 1);
  private sumMs = 0;

  record(durationMs: number): void {
    let at = 0;
    while (at < bounds.length && durationMs > (bounds[at] as number)) at++;
    this.buckets[at] = (this.buckets[at] as number) + 1;
    this.sumMs += durationMs;
  }

  /** Cumulative counts per upper bound, as Prometheus wants them; the last count includes everything. */
  snapshot(): { le: readonly number[]; counts: readonly number[]; sumMs: number } {
    let sum = 0;
    const counts = Array.from(this.buckets, (count) => (sum += count));
    return { le: bounds, counts, sumMs: this.sumMs };
  }
}
