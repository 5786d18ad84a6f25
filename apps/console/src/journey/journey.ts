/** One thing a user does; both scenarios are given the same ones. */
export type JourneyStep =
  | { readonly kind: 'register'; readonly username: string; readonly password: string }
  | { readonly kind: 'add'; readonly title: string }
  | { readonly kind: 'read' };

/** What a step met in one scenario. */
export interface StepOutcome {
  readonly kind: JourneyStep['kind'];
  /** Null when there was no answer at all. */
  readonly status: number | null;
  /** `code` of the problem, or of the silence; null for a step that was answered. */
  readonly code: string | null;
  readonly servedBy: string | null;
  /** Acknowledged todos that a read did not return; 0 for other steps. A refused read returned none. */
  readonly missingTodos: number;
  /** What was out of reach, in words; null for a step that was answered. */
  readonly outage: string | null;
}

const JOURNEY_TODOS = 3;
const JOURNEY_READS = 6;

const TITLES = ['Moor the boat', 'Check the tide table', 'Answer the harbour master'];

/** Register, add three todos, read six times. */
export function fullJourney(account: { readonly username: string; readonly password: string }): readonly JourneyStep[] {
  const adds = Array.from(
    { length: JOURNEY_TODOS },
    (_, index): JourneyStep => ({
      kind: 'add',
      title: TITLES[index % TITLES.length] ?? 'A todo',
    }),
  );
  return [{ kind: 'register', ...account }, ...adds, ...moreReads()];
}

/** Read six times more, for instance after a server was killed. */
export function moreReads(): readonly JourneyStep[] {
  return Array.from({ length: JOURNEY_READS }, (): JourneyStep => ({ kind: 'read' }));
}

/** Whether the user got what they asked for. */
export function worked({ status, missingTodos }: StepOutcome): boolean {
  return status !== null && status < 400 && missingTodos === 0;
}

/** How many acknowledged todos an answered list does not hold. */
export function missingFrom(answered: readonly { readonly id: string }[], acknowledged: ReadonlySet<string>): number {
  const present = new Set(answered.map(({ id }) => id));
  return [...acknowledged].filter((id) => !present.has(id)).length;
}
