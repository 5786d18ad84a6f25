/** The stores whose costs are measured. */
export const STORES = ['memory', 'connect-redis', 'redis', 'cached'] as const;
export type StoreName = (typeof STORES)[number];

/** One arm of the comparison: the store of its sessions, and whether a cookie binds a user to a server. */
export interface PlanArm {
  readonly name: string;
  readonly title: string;
  readonly store: StoreName;
  readonly sticky: boolean;
  /** The scenario whose runs measure it. */
  readonly scenario: string;
}

export const PLAN_ARMS: readonly PlanArm[] = [
  {
    name: 'local-sticky',
    title: 'server memory, sticky',
    store: 'memory',
    sticky: true,
    scenario: 'sticky-cookie-local',
  },
  {
    name: 'connect-redis',
    title: 'connect-redis',
    store: 'connect-redis',
    sticky: false,
    scenario: 'round-robin-connect-redis',
  },
  { name: 'shared', title: 'shared store', store: 'redis', sticky: false, scenario: 'round-robin-shared' },
  { name: 'near-cache', title: 'near cache', store: 'cached', sticky: false, scenario: 'round-robin-cached' },
  { name: 'hybrid', title: 'sticky + near cache', store: 'cached', sticky: true, scenario: 'sticky-cookie-cached' },
];
