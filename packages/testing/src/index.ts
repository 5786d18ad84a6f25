export { FakeClock } from './fake-clock.js';
export { launchChromium } from './launch-chromium.js';
export { metricMistakes } from './metric-mistakes.js';
export { type DelayingProxy, startDelayingProxy } from './start-delaying-proxy.js';
export { type Destination, startDestination } from './start-destination.js';
export { obtainKafka, type TestKafka, type TestKafkaOptions } from './start-kafka.js';
export { startMemcached, type TestMemcached } from './start-memcached.js';
export { startRedis, type TestRedis, type TestRedisOptions } from './start-redis.js';
export { startRedisCluster, type TestRedisCluster, type TestRedisNode } from './start-redis-cluster.js';
export {
  DOWN_AFTER_MS,
  type SentinelsOptions,
  startSentinels,
  type TestSentinels,
} from './start-redis-sentinels.js';
export { startToxiproxy, type TestToxiproxy } from './start-toxiproxy.js';
export { waitFor } from './wait-for.js';
