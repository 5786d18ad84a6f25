/** How many steps the story has; `steps/index.ts` is tested to have as many. Here, so that the comparison need not load them. */
export const STORY_LENGTH = 10;

/** The step that `?story=6` asks for, from 0; null where the query does not ask for the story. A number that no step has is the first or the last. */
export function storyIndex(query: string): number | null {
  const asked = new URLSearchParams(query).get('story');
  if (asked === null) return null;
  const number = Math.trunc(Number(asked)) || 1;
  return Math.min(Math.max(number, 1), STORY_LENGTH) - 1;
}
