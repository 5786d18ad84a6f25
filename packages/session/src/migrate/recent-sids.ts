const MAX_SIDS = 100_000;

/** The sids that were added last, at most `max` of them: a process that runs for months does not grow with every visitor. */
export class RecentSids {
  private readonly sids = new Set<string>();

  constructor(private readonly max = MAX_SIDS) {}

  add(sid: string): void {
    this.sids.delete(sid);
    this.sids.add(sid);
    const [oldest] = this.sids;
    if (this.sids.size > this.max && oldest !== undefined) this.sids.delete(oldest);
  }

  delete(sid: string): void {
    this.sids.delete(sid);
  }

  has(sid: string): boolean {
    return this.sids.has(sid);
  }

  [Symbol.iterator](): Iterator<string> {
    return this.sids.values();
  }
}
