import type { Stage } from './stage.js';

/** One step of the story. */
export interface StoryStep {
  /** Two to five words. */
  readonly title: string;
  /** The scenarios whose frames it uses; the first is the one that the picture shows. */
  readonly scenarios: readonly [string, ...string[]];
  /** The fleets it needs. */
  readonly fleets: readonly ('monolith' | 'cached')[];
  /** How many monolith servers run before it; undefined: as many as when the story began. */
  readonly servers?: number;
  /** The first sentence: what is about to be done. */
  readonly does: string;
  /** Does it, and resolves to the second sentence, made from what was answered. */
  run(stage: Stage): Promise<string>;
}

/** `once`, `twice`, `3 times`. */
export function times(count: number): string {
  if (count <= 2) return ['not once', 'once', 'twice'][count] ?? '';
  return `${count} times`;
}
