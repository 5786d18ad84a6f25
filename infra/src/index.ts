export { howToGetChromium, obtainChromium } from './chromium/obtain-chromium.js';
export { howToGetK6, k6Version, type ObtainedK6, obtainK6 } from './k6/obtain-k6.js';
export { howToGetKafka, type KafkaProgram, obtainKafkaProgram } from './kafka/kafka-program.js';
export { type KafkaServer, type KafkaServerOptions, startKafkaServer } from './kafka/kafka-server.js';
export { type Say, sayOnStderr, withProgress } from './progress.js';
export { installRedis, type ObtainedRedis, obtainRedis } from './redis/obtain-redis.js';
export { findRedisBinary, howToGetRedis } from './redis/redis-binary.js';
export { type RedisServer, type RedisServerOptions, startRedisServer } from './redis/redis-server.js';
export { readSystem, type System } from './system/system-file.js';
