import type { Scenario } from './scenario.js';

/** What a fault may do to the system: the gateway's admin API. */
export interface FleetControl {
  /** Ends a process with SIGKILL. */
  kill(process: string): Promise<void>;
  /** Starts a process again; resolves when the gateway sends it requests. */
  restart(process: string): Promise<void>;
}

export type FaultName = 'none' | 'F1';

/** What the lab does to a running scenario: a row of the fault matrix. */
export interface Fault {
  readonly name: FaultName;
  readonly title: string;
  /** Missing for the calm run that the others are compared with. */
  readonly midway?: {
    readonly inject: (fleet: FleetControl, scenario: Scenario) => Promise<void>;
    /** Undoes it after the run; resolves when the next run finds the system as this one did. */
    readonly heal: (fleet: FleetControl, scenario: Scenario) => Promise<void>;
  };
}

export const faults: readonly Fault[] = [
  { name: 'none', title: 'nothing goes wrong' },
  {
    name: 'F1',
    title: 'server 2 of 3 is killed midway (kill -9)',
    midway: {
      inject: (fleet, { serverTwo }) => forEach(serverTwo, (id) => fleet.kill(id)),
      heal: (fleet, { serverTwo }) => forEach(serverTwo, (id) => fleet.restart(id)),
    },
  },
];

/** Waits for the time, injects, and tells when that was, milliseconds since the epoch. */
export async function injectAt(atMs: number, inject: () => Promise<void>): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, atMs - Date.now()));
  const faultAtMs = Date.now();
  await inject();
  return faultAtMs;
}

async function forEach(ids: readonly string[], action: (id: string) => Promise<void>): Promise<void> {
  await Promise.all(ids.map(action));
}
