export { type Say, sayOnStderr, withProgress } from './progress.js';
export { type ObtainedRedis, obtainRedis } from './redis/obtain-redis.js';
export { findRedisBinary, howToGetRedis } from './redis/redis-binary.js';
export { type RedisServer, type RedisServerOptions, startRedisServer } from './redis/redis-server.js';
