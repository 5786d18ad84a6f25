import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../measures/window.js';

/** What users sent and were answered in one phase of a run. */
export interface PhaseAnswers {
  readonly requests: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Users who each send one numbered request after the other, to each server in turn, and remember what was acknowledged. */
export class NumberedRequests {
  /** By user, the numbers of requests that were answered with 201. */
  readonly acknowledged = new Map<string, number[]>();
  private readonly phases = new Map<string, { failed: number; milliseconds: number[] }>();
  private readonly users: Promise<unknown>;
  private current = '';
  private hasEnded = false;

  constructor(
    private readonly urls: readonly string[],
    { users, everyMs }: { readonly users: number; readonly everyMs: number },
  ) {
    this.phase('start');
    this.users = Promise.all(Array.from({ length: users }, (_, n) => this.send(n, everyMs, (everyMs / users) * n)));
  }

  /** Counts the requests that begin from now on under this name. */
  phase(name: string): void {
    this.phases.set(name, { failed: 0, milliseconds: [] });
    this.current = name;
  }

  /** Resolves once the last requests are answered. */
  async end(): Promise<Map<string, PhaseAnswers>> {
    this.hasEnded = true;
    await this.users;
    return new Map(
      [...this.phases].map(([name, { failed, milliseconds }]) => {
        const sorted = milliseconds.sort((a, b) => a - b);
        const at = (part: number) => percentile(sorted, part);
        return [name, { requests: sorted.length, failed, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }];
      }),
    );
  }

  private async send(user: number, everyMs: number, afterMs: number): Promise<void> {
    const confirmed: number[] = [];
    this.acknowledged.set(`user-${user}`, confirmed);
    await delay(afterMs);
    for (let number = 1; !this.hasEnded; number++) {
      const phase = this.phases.get(this.current);
      const startedAt = performance.now();
      const url = this.urls[(user + number) % this.urls.length];
      const isDone = await fetch(`${url}/user-${user}/${number}`, { method: 'POST' }).then(
        async (answer) => {
          await answer.arrayBuffer();
          return answer.status === 201;
        },
        () => false,
      );
      phase?.milliseconds.push(performance.now() - startedAt);
      if (isDone) confirmed.push(number);
      else if (phase !== undefined) phase.failed++;
      await delay(everyMs);
    }
  }
}
