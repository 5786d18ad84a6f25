const REMEMBER_MS = 600_000;
const MAX_REMEMBERED = 10_000;

/**
 * The sessions that expired within the last ten minutes, by their Redis keys, as announced to this process. Redis itself
 * keeps nothing of an expired session. They serve only to say why a session is not there.
 */
export class RecentlyExpired {
  private readonly atMs = new Map<string, number>();

  constructor(private readonly now: () => number = Date.now) {}

  add(key: string): void {
    this.atMs.delete(key);
    this.atMs.set(key, this.now());
    const [oldest] = this.atMs.keys();
    if (this.atMs.size > MAX_REMEMBERED && oldest !== undefined) this.atMs.delete(oldest);
  }

  has(key: string): boolean {
    const atMs = this.atMs.get(key);
    if (atMs === undefined) return false;
    if (this.now() - atMs < REMEMBER_MS) return true;
    this.atMs.delete(key);
    return false;
  }
}
