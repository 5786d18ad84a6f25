import { availableParallelism } from 'node:os';
import { ConfigError, parseConfig } from './config/parse-config.js';
import type { ProxyConfig } from './config/proxy-config.js';
import { NetProxy } from './net-proxy.js';
import type { ProxyDeps, ReverseProxy } from './proxy-api.js';
import { Supervisor } from './workers/supervisor.js';

/**
 * Builds a proxy from a config: in this process, or in as many as its `workers` says. Throws `ConfigError` with every
 * mistake when the config cannot be used.
 */
export function createProxy(config: ProxyConfig, deps: ProxyDeps = {}): ReverseProxy {
  const own = Object.keys(deps.policies ?? {});
  const parsed = parseConfig(config, own);
  if (!parsed.ok) throw new ConfigError(parsed.mistakes);
  const { workers } = parsed.config;
  const count = workers === 'auto' ? availableParallelism() : workers;
  // A worker is a process of its own and cannot call a function of this process.
  if (count > 1 && own.length > 0)
    throw new ConfigError([{ path: 'workers', problem: 'is more than 1 beside policies of your own', example: '1' }]);
  return count === 1 ? new NetProxy(parsed.config, deps) : new Supervisor(parsed.config, count, deps);
}
