import { useEffect, useState } from 'react';
import type { AdminClient } from '../admin/admin-client.js';
import type { Counts } from './picture-lane.js';

/** Each count is a scrape of the server's metrics, so it is asked for less often than the states. */
const POLL_MS = 1500;

/** The sessions that the servers of some upstreams have, while somebody can see them. What is not answered is not in it. */
export function useSessionCounts(admin: AdminClient, upstreams: readonly string[]): Counts {
  const [counts, setCounts] = useState<Counts>(new Map());
  const names = upstreams.join(' ');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    const poll = async () => {
      if (document.visibilityState === 'visible') {
        const asked = names.split(' ').filter((name) => name !== '');
        const answers = await Promise.all(
          asked.map(async (name) => {
            const servers = await admin.sessions(name).catch(() => []);
            return servers.map((server) => [`${name}/${server.id}`, server] as const);
          }),
        );
        if (!stopped) setCounts(new Map(answers.flat()));
      }
      if (!stopped) timer = setTimeout(() => void poll(), POLL_MS);
    };
    void poll();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [admin, names]);
  return counts;
}
