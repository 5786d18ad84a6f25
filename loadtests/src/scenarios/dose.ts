/** How much of everything one run has. */
export interface Dose {
  /** Not a multiple of the servers: else users who ask in turns meet the same server for ever. */
  readonly users: number;
  readonly todosPerUser: number;
  readonly addUntilMs: number;
  /** From the start until the fault. */
  readonly faultAtMs: number;
  readonly steadyUntilMs: number;
  readonly pauseMs: number;
}

/** Seven scenarios with and without a fault end within four minutes on two cores. */
export const quickDose: Dose = {
  users: 25,
  todosPerUser: 2,
  addUntilMs: 4_000,
  faultAtMs: 4_500,
  steadyUntilMs: 7_500,
  pauseMs: 250,
};

export const fullDose: Dose = {
  users: 61,
  todosPerUser: 3,
  addUntilMs: 20_000,
  faultAtMs: 25_000,
  steadyUntilMs: 45_000,
  pauseMs: 500,
};
