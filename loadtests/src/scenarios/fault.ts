/** What the lab does to a running scenario. */
export type FaultName = 'none' | 'F1';

export interface Fault {
  readonly name: FaultName;
  readonly title: string;
}

export const faults: readonly Fault[] = [
  { name: 'none', title: 'nothing goes wrong' },
  { name: 'F1', title: 'server 2 of 3 is killed midway (kill -9)' },
];
