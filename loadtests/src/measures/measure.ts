import type { UserLedger } from '../ledger/user-ledger.js';
import type { Counted } from '../results/results.js';

/** The evidence for one entry of a run: the part of every user's ledger that lies in its time. */
export interface Observed {
  /** Ledgers of these users; they also hold records outside of the window, which show what a user had before. */
  readonly ledgers: readonly UserLedger[];
  /** The window that is measured, milliseconds after the start. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** The end of the time in which denials of todos and answers to intended requests count: without limit in a run's last entry. */
  readonly deniedUntilMs: number;
  /** True for the part of a run that follows its disturbance. */
  readonly isAfter: boolean;
  /** The users bound to a disturbed server when it was disturbed; undefined in an arm that binds no users. */
  readonly bound: ReadonlySet<number> | undefined;
  /** Servers of the arm by the processes that answer for them: `auth-2` and `todo-2` are `server-2`. */
  readonly serverOf: ReadonlyMap<string, string>;
  /** The number of users, the first ones, who send half of all requests; 0 when users are alike. */
  readonly heavyUsers: number;
  /** CPU seconds used in the window, by process group; undefined where /proc cannot be read. */
  readonly cpuSeconds: Readonly<Record<CpuGroup, number | undefined>>;
  /** CPU seconds that the same processes used in a second before the users began; undefined where it is not known. */
  readonly idleCpuSeconds: Readonly<Record<CpuGroup, number | undefined>>;
  /** Memory of the gateway and of the servers by pid, taken every ten seconds; a process that was started anew is another one. */
  readonly memory: ReadonlyMap<number, ProcessMemory>;
}

export interface ProcessMemory {
  /** `auth-3`, `gateway`. */
  readonly process: string;
  readonly samples: readonly MemorySample[];
}

export interface MemorySample {
  /** Milliseconds after the start. */
  readonly atMs: number;
  readonly bytes: number;
}

export type CpuGroup = 'gateway' | 'servers' | 'redis' | 'generator';

/** One thing that is measured: a module of this folder with its id as file name. */
export interface Measure {
  readonly id: string;
  readonly title: string;
  /** The names that rules use, each with a description of its count or figure. */
  readonly names: Readonly<Record<string, string>>;
  measure(observed: Observed): {
    readonly counted?: Readonly<Record<string, Counted>>;
    readonly estimated?: Readonly<Record<string, number>>;
  };
}

/** Checks a measure's shape at compile time. */
export function defineMeasure(measure: Measure): Measure {
  return measure;
}
