export { createSessions } from './create-sessions.js';
export {
  type Absence,
  SessionConfigError,
  SessionConflictError,
  SessionEndedError,
  SessionError,
  SessionForbiddenError,
  SessionLimitError,
  SessionUnavailableError,
  SessionUnsupportedError,
  SessionValueError,
  UnauthenticatedError,
} from './errors/session-error.js';
export { type MigrateOptions, type MigratingStore, type MigrationCounts, migrate } from './migrate/migrate.js';
export { type CookieOptions, defaultCookieName } from './options/cookie-options.js';
export { secretMistake } from './options/secret-weakness.js';
export type { RedisClient } from './redis/redis-client.js';
// The whole module is exported, since an application can add to an interface only where it is not re-exported by name.
export * from './session-data.js';
export type { SessionMetrics } from './session-metrics.js';
export type { NearCacheOptions, SessionOptions, SessionStoreKind } from './session-options.js';
export type { Authenticated, Device, Devices, EndReason, SessionEnded } from './sessions.js';
export { Sessions } from './sessions.js';
export { SESSION_FORMAT_VERSION } from './store/keyspace.js';
export { RedisSessionStore } from './store/redis-session-store.js';
export type { Serializer } from './store/serializer.js';
export type { SessionSchema } from './store/session-schema.js';
export type { RedisSessionStoreOptions } from './store/store-options.js';
