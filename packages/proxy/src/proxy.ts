import { ConfigError, parseConfig } from './config/parse-config.js';
import type { ProxyConfig } from './config/proxy-config.js';
import type { ProxyDeps, ReverseProxy } from './proxy-api.js';

/** Builds a proxy from a config; throws `ConfigError` with every mistake when the config cannot be used. */
export function createProxy(config: ProxyConfig, _deps: ProxyDeps = {}): ReverseProxy {
  const parsed = parseConfig(config);
  if (!parsed.ok) throw new ConfigError(parsed.mistakes);
  throw new Error('the wire layer lands next');
}
