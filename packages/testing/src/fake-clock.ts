/** A clock that moves only when a test says so. Milliseconds since the epoch. */
export class FakeClock {
  constructor(private nowMs = 1_700_000_000_000) {}

  readonly now = (): number => this.nowMs;

  advance(ms: number): void {
    this.nowMs += ms;
  }
}
