import { type Counted, type Lever, resultText } from './levers.js';

/** What is said of a lever, and in which part of the page it was pulled. */
export interface Told {
  readonly place: string;
  readonly text: string;
}

/**
 * Pulls levers. Each is done at once, also while an earlier one is counted: who freezes something must be able to wake it. What they
 * cost is counted one after the other, by reads of both sides; those that were done before a count begins share it.
 */
export class LeverDesk {
  private readonly acting = new Set<string>();
  private uncounted: { readonly place: string; readonly label: string }[] = [];
  private counting = false;

  constructor(
    private readonly count: () => Promise<Counted>,
    private readonly tell: (told: Told) => void,
  ) {}

  /** Says what will happen, does it, and says what that cost. Resolves when nothing is left to count. A second press while it is done is none. */
  async pull(place: string, { label, will, act }: Lever): Promise<void> {
    if (this.acting.has(label)) return;
    this.acting.add(label);
    this.tell({ place, text: `${label} … ${will}` });
    try {
      await act();
    } catch (error) {
      const why = error instanceof Error ? error.message : 'It could not be done.';
      return this.tell({ place, text: `${label}: not done. ${why}` });
    } finally {
      this.acting.delete(label);
    }
    this.uncounted.push({ place, label });
    if (!this.counting) await this.countAll();
  }

  private async countAll(): Promise<void> {
    this.counting = true;
    for (let last = this.uncounted.at(-1); last !== undefined; last = this.uncounted.at(-1)) {
      const labels = this.uncounted.map(({ label }) => label).join(', ');
      this.uncounted = [];
      const counted = await this.count();
      const meanwhile = this.uncounted.map(({ label }) => label);
      this.tell({ place: last.place, text: resultText(labels, counted, meanwhile) });
    }
    this.counting = false;
  }
}
