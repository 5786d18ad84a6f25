/** The answer has to begin within this many turns. They are turns of this process, because the process may have stood still. */
const TURNS = 5;
const TURN_MS = 10;

/** A short wait for the answer to a client that ended its side before the answer began. Calls `over` when the wait is over. */
export class AnswerGrace {
  private turn = 1;
  private timer = setTimeout(() => this.next(), TURN_MS);

  constructor(private readonly over: () => void) {}

  stop(): void {
    clearTimeout(this.timer);
  }

  private next(): void {
    if (this.turn === TURNS) {
      this.over();
      return;
    }
    this.turn++;
    this.timer = setTimeout(() => this.next(), TURN_MS);
  }
}
