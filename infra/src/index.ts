export { findFreePort, isPortFree } from './free-port.js';
export { type GuardedProcess, startGuarded } from './guardian.js';
export { type Say, sayOnStderr, withProgress } from './progress.js';
export { findRedisBinary, redisAdvice } from './redis/find-redis-binary.js';
export { type ObtainedRedis, obtainRedis } from './redis/obtain-redis.js';
export { answersPing, type PrivateRedis, type PrivateRedisOptions, startPrivateRedis } from './redis/private-redis.js';
export { findOnPath, runCommand } from './run-command.js';
