/** How much of everything one run of the chat has. */
export interface ChatDose {
  readonly users: number;
  readonly rooms: number;
  /** From the start until users, in their rooms by then, begin to say something. */
  readonly sayFromMs: number;
  /** From the start until the fault. */
  readonly faultAtMs: number;
  /** How long users go on saying something when the fault is over. */
  readonly afterFaultMs: number;
  /** How long after that an acknowledgement still counts. */
  readonly answerMs: number;
  /** How much longer a user waits for what it was not given: what pub/sub lost in a quiet room is found within 10 s. */
  readonly patienceMs: number;
  /** Between two messages of a user, who may send a hundred frames a minute. */
  readonly pauseMs: number;
}

/** Four runs end within a minute on two cores. */
export const quickChatDose: ChatDose = {
  ...{ users: 24, rooms: 3, sayFromMs: 2_000, faultAtMs: 3_000 },
  ...{ afterFaultMs: 2_000, answerMs: 1_500, patienceMs: 15_000, pauseMs: 600 },
};

export const fullChatDose: ChatDose = {
  ...{ users: 120, rooms: 6, sayFromMs: 8_000, faultAtMs: 14_000 },
  ...{ afterFaultMs: 14_000, answerMs: 4_000, patienceMs: 15_000, pauseMs: 1_000 },
};
