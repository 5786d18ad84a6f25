const MAX_CLIENTS = 100_000;

/** Counts distinct clients seen in the last one to two periods, in bounded memory; the owner calls `turn` each period. */
export class ClientWindow {
  private current = new Set<string>();
  private previous = new Set<string>();

  seen(client: string): void {
    if (this.current.size < MAX_CLIENTS) this.current.add(client);
  }

  turn(): void {
    this.previous = this.current;
    this.current = new Set();
  }

  get count(): number {
    let count = this.current.size;
    for (const client of this.previous) if (!this.current.has(client)) count++;
    return count;
  }
}
