import type { Counts } from './picture-lane.js';

/** What chat messages did between servers and Redis; servers by `upstream/destination`. */
export interface ChatHops {
  /** They took a message from a member, and sent PUBLISH. */
  readonly published: readonly string[];
  /** Their SUBSCRIBE brought them a message, which they wrote to their members. */
  readonly delivered: readonly string[];
}

/** The hops between two counts, as the servers themselves count. A server that is new, or was silent in one, tells nothing. */
export function chatHops(before: Counts, now: Counts): ChatHops {
  const grew = (field: 'said' | 'heard') =>
    [...now].flatMap(([key, { [field]: count }]) => {
      const last = before.get(key)?.[field];
      return count !== null && last != null && count > last ? [key] : [];
    });
  return { published: grew('said'), delivered: grew('heard') };
}

/** The hops in words, for those who see no movement; null where there were none. */
export function hopsText({ published, delivered }: ChatHops): string | null {
  if (published.length + delivered.length === 0) return null;
  return `Chat message: PUBLISH ${namesOf('from', published)}, SUBSCRIBE ${namesOf('to', delivered)}`;
}

/** Servers of two scenarios may be the same ones. */
function namesOf(word: string, keys: readonly string[]): string {
  const names = [...new Set(keys.map((key) => key.slice(key.indexOf('/') + 1)))];
  return names.length === 0 ? 'not seen yet' : `${word} ${names.sort().join(', ')}`;
}
