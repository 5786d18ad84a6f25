import { availableParallelism } from 'node:os';
import type { ProxyConfig } from '@holdfast/proxy';
import { possibleConnections, RESERVED_DESCRIPTORS } from '@holdfast/service';

const DEFAULT_MAX_CONNECTIONS = 20_000;
/** The connection of a client, and the one to its destination. */
const PER_CONNECTION = 2;

/** A warning if the connections that the config allows may need more descriptors than `limit`. */
export function descriptorWarnings({ limits, workers }: ProxyConfig, limit: number | undefined): readonly string[] {
  const maxConnections = limits?.maxConnections ?? DEFAULT_MAX_CONNECTIONS;
  const processes = workers === 'auto' ? availableParallelism() : (workers ?? 1);
  const needed = Math.ceil(maxConnections / processes) * PER_CONNECTION + RESERVED_DESCRIPTORS;
  if (limit === undefined || limit >= needed) return [];
  const possible = Math.floor(possibleConnections(limit) / PER_CONNECTION) * processes;
  return [
    `limits.maxConnections: ${maxConnections} connections may need ${needed} descriptors in each process that serves them, and one may ` +
      `open ${limit}. Raise the limit (ulimit -n ${needed}; LimitNOFILE=${needed} in a systemd unit), or set ` +
      `limits.maxConnections to ${possible}`,
  ];
}
