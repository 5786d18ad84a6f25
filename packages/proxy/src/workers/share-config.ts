import type { ResolvedConfig, UpstreamConfig } from '../config/proxy-config.js';

/**
 * The config of one of `count` workers. Limits on totals are divided among the workers, rounded up, so that each may do
 * something. Ratios, timeouts and rules hold unchanged for each.
 */
export function shareConfig(config: ResolvedConfig, count: number): ResolvedConfig {
  const share = (total: number): number => Math.ceil(total / count);
  const shareOfUpstream = ({ limits, ...rest }: UpstreamConfig): UpstreamConfig => ({
    ...rest,
    limits: {
      ...limits,
      maxInFlightPerDestination: share(limits.maxInFlightPerDestination),
      maxQueued: share(limits.maxQueued),
    },
  });
  return {
    ...config,
    limits: { ...config.limits, maxConnections: share(config.limits.maxConnections) },
    decisionsPerSecond: share(config.decisionsPerSecond),
    upstreams: Object.fromEntries(
      Object.entries(config.upstreams).map(([name, upstream]) => [name, shareOfUpstream(upstream)]),
    ),
  };
}
