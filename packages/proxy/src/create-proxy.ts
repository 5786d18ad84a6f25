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
  const parsed = parseConfig(config);
  if (!parsed.ok) throw new ConfigError(parsed.mistakes);
  const { workers } = parsed.config;
  const count = workers === 'auto' ? availableParallelism() : workers;
  return count === 1 ? new NetProxy(parsed.config, deps) : new Supervisor(parsed.config, count, deps);
}
