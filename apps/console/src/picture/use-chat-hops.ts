import { useEffect, useRef, useState } from 'react';
import { type ChatHops, chatHops } from './chat-hops.js';
import type { Counts } from './picture-lane.js';
import type { Flights } from './use-flights.js';

/** Two counts this near to each other may have halves of the same message. */
const SAME_MESSAGE_MS = 2_500;

const NONE: ChatHops = { published: [], delivered: [] };

/** Draws PUBLISH and SUBSCRIBE hops as the servers' counts show them, and gives the last ones. */
export function useChatHops(counts: Counts, fly: Flights['fly']): ChatHops {
  const before = useRef(counts);
  const [last, setLast] = useState({ ...NONE, at: 0 });
  useEffect(() => {
    const hops = chatHops(before.current, counts);
    // A busy server may miss a count; what it said before still counts.
    before.current = new Map([...before.current, ...[...counts].filter(([, { said }]) => said !== null)]);
    if (hops.published.length + hops.delivered.length === 0) return;
    for (const server of hops.published) fly(server, 'redis', 'message');
    for (const server of hops.delivered) fly('redis', server, 'message');
    const at = Date.now();
    setLast((earlier) => {
      const known = at - earlier.at < SAME_MESSAGE_MS ? earlier : NONE;
      return {
        at,
        published: [...known.published, ...hops.published],
        delivered: [...known.delivered, ...hops.delivered],
      };
    });
  }, [counts, fly]);
  return last;
}
