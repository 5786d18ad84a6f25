export { FakeClock } from './fake-clock.js';
export { metricMistakes } from './metric-mistakes.js';
export { type DelayingProxy, startDelayingProxy } from './start-delaying-proxy.js';
export { type Destination, startDestination } from './start-destination.js';
export { obtainKafka, type TestKafka, type TestKafkaOptions } from './start-kafka.js';
export { startRedis, type TestRedis, type TestRedisOptions } from './start-redis.js';
export { startRedisCluster, type TestRedisCluster, type TestRedisNode } from './start-redis-cluster.js';
export { waitFor } from './wait-for.js';
