import type { Counted } from '../results/results.js';

/** One request, by `performance.now()`. */
export interface RequestRecord {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly isPost: boolean;
  /** 0: no answer; -1: nobody there. */
  readonly status: number;
  /** The destination that answered. */
  readonly instance: string | undefined;
  readonly user: number;
  /** The name by which the ledger of the replicas knows a POST. */
  readonly name: string;
}

const SLOW_MS = 400;

export const isFailed = ({ status }: RequestRecord): boolean => status <= 0 || status >= 500;
const isSlow = ({ startedAt, endedAt }: RequestRecord): boolean => endedAt - startedAt > SLOW_MS;

/** Every request of a load. */
export class Records {
  readonly all: RequestRecord[] = [];

  /** Requests that began between two moments. */
  between(from: number, to: number): RequestRecord[] {
    return this.all.filter(({ startedAt }) => startedAt >= from && startedAt < to);
  }

  failed(isPost: boolean): Counted {
    const some = this.all.filter((record) => record.isPost === isPost);
    return { hit: some.filter(isFailed).length, of: some.length };
  }

  longestGetMs(): number {
    return this.all.reduce((longest, { isPost, startedAt, endedAt }) => {
      return isPost ? longest : Math.max(longest, endedAt - startedAt);
    }, 0);
  }

  /** From `at` to the start of the last request that failed or was slow: by then the fault was over for new ones. */
  recoveredAfterMs(at: number): number {
    const troubled = this.between(at - SLOW_MS, Number.POSITIVE_INFINITY).filter((one) => isFailed(one) || isSlow(one));
    return troubled.reduce((last, { startedAt }) => Math.max(last, startedAt), at) - at;
  }

  /** Answers of that destination, of all answers between two moments. */
  shareOf(id: string, from: number, to: number): Counted {
    const answered = this.between(from, to).filter(({ instance }) => instance !== undefined);
    return { hit: answered.filter(({ instance }) => instance === id).length, of: answered.length };
  }

  /** Users who were last seen at another destination in the second time than in the first, of users seen in both. */
  moved(first: readonly [number, number], second: readonly [number, number]): Counted {
    const [before, after] = [this.placesIn(...first), this.placesIn(...second)];
    const seen = [...before.keys()].filter((user) => after.has(user));
    return { hit: seen.filter((user) => before.get(user) !== after.get(user)).length, of: seen.length };
  }

  /** Users who were seen at more than one destination since that moment, of users seen. */
  wandered(from: number): Counted {
    const places = new Map<number, Set<string>>();
    for (const { user, instance } of this.between(from, Number.POSITIVE_INFINITY))
      if (instance !== undefined) places.set(user, (places.get(user) ?? new Set()).add(instance));
    return { hit: [...places.values()].filter(({ size }) => size > 1).length, of: places.size };
  }

  private placesIn(from: number, to: number): Map<number, string> {
    const answered = this.between(from, to).flatMap(({ user, instance }) =>
      instance === undefined ? [] : [[user, instance] as const],
    );
    return new Map(answered);
  }
}
