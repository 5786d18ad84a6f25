export { POLICY_NAMES } from './balancing/create-policy.js';
export { exampleFor } from './config/examples.js';
export { ConfigError, type ConfigMistake, checkConfig, type ParsedConfig, parseConfig } from './config/parse-config.js';
export {
  type AnyPolicyName,
  type DestinationConfig,
  listenHostSchema,
  type PolicyName,
  type ProxyConfig,
  proxyConfigSchema,
  type ResolvedConfig,
  type RouteConfig,
  type UpstreamConfig,
} from './config/proxy-config.js';
export { createProxy } from './create-proxy.js';
export type * from './proxy-api.js';
export type { ReverseProxy as Proxy } from './proxy-api.js';
