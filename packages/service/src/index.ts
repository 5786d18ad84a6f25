export { eventsOptions } from './config/events-options.js';
export { type ConfigResult, loadConfig, readConfig } from './config/load-config.js';
export {
  type EventsConfig,
  envFlag,
  envNumber,
  envPort,
  eventsEnv,
  type RedisConfig,
  redisEnv,
  type ServiceConfig,
  type SessionConfig,
  secretsEnv,
  serviceEnv,
  sessionEnv,
  sessionSecretsEnv,
} from './config/service-env.js';
export { sessionOptions } from './config/session-options.js';
export { HealthRegistry, type Readiness } from './health/health-registry.js';
export { clientAddress } from './http/client-address.js';
export { hasOwnOrigin, isCrossOrigin } from './http/cross-origin.js';
export { claimedPath, claimWebSocketPath } from './http/refuse-upgrades.js';
export { requestIdOf } from './http/request-id.js';
export { ZodBody, ZodParam, ZodQuery } from './http/zod-pipes.js';
export { type LogOutput, standardOutput } from './logging/log-output.js';
export type { Logger } from './logging/logger.js';
export { currentRequest } from './logging/request-scope.js';
export { MetricsRegistry } from './metrics/metrics-registry.js';
export { type Observed, observe } from './metrics/observe.js';
export { Api, type ApiDescription } from './openapi/api.decorator.js';
export { type FieldError, Problem } from './problem/problem.js';
export { descriptorLimit, possibleConnections, RESERVED_DESCRIPTORS } from './process/descriptors.js';
export { followNpm } from './process/follow-npm.js';
export { runService } from './process/run-service.js';
export { isRedisUnavailable } from './redis/is-redis-unavailable.js';
export { connectRedis, REDIS, RedisModule, type RedisModuleOptions } from './redis/redis.module.js';
export { type RunningService, type ServiceOptions, startService } from './start-service.js';
export { openTracing, type TracingOptions } from './tracing/open-tracing.js';
export type { Tracing } from './tracing/tracing.js';
