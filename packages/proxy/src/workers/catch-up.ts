import type { ResolvedConfig } from '../config/proxy-config.js';
import type { DestinationStatus, UpstreamStatus } from '../proxy-api.js';
import type { Command } from './messages.js';

/**
 * The commands that lead from a freshly loaded config to the state of `upstreams`: destinations that were added, removed or replaced
 * since, and drains. `remainingMs` tells how long bound clients of a draining destination still have, if not for ever.
 */
export function catchUp(
  config: ResolvedConfig,
  upstreams: readonly UpstreamStatus[],
  remainingMs: (upstream: string, id: string) => number | undefined,
): Command[] {
  const commands: Command[] = [];
  for (const { name: upstream, destinations } of upstreams) {
    const configured = config.upstreams[upstream]?.destinations ?? [];
    const isAmong = (list: readonly Place[], { id, url, weight }: Place): boolean =>
      list.some((other) => other.id === id && other.url === url && other.weight === weight);
    for (const before of configured) {
      if (!isAmong(destinations, before)) commands.push({ do: 'remove', upstream, id: before.id });
    }
    for (const now of destinations) {
      const { id, url, weight } = now;
      if (!isAmong(configured, now)) commands.push({ do: 'add', upstream, destination: { id, url, weight } });
      if (now.state !== 'draining') continue;
      const deadlineMs = remainingMs(upstream, id);
      commands.push({ do: 'drain', upstream, id, ...(deadlineMs === undefined ? {} : { deadlineMs }) });
    }
  }
  return commands;
}

type Place = Pick<DestinationStatus, 'id' | 'url' | 'weight'>;
