export { freePort, guardian, isAlive, lastOutput, processGroup } from '@holdfast/fleet';
export type { System } from '@holdfast/system';
export { HOW_TO_GET_CHROMIUM, obtainChromium } from './chromium/obtain-chromium.js';
export { type BaseImages, makeBaseImages } from './containers/base-images.js';
export { type ContainerEngine, HOW_TO_GET_AN_ENGINE, obtainContainerEngine } from './containers/container-engine.js';
export { HOW_TO_GET_HADOLINT, obtainHadolint } from './containers/obtain-hadolint.js';
export { CONTAINER_PORT, REPLICAS } from './deployments/container.js';
export { type DeployedScenario, deployedScenario } from './deployments/deployed-scenario.js';
export { DRAIN, drainEnv } from './deployments/drain.js';
export {
  ENGINES_FOLDER,
  type Engine,
  type EngineProgram,
  examplePools,
  type Lever,
  type Pool,
  poolsOf,
  type RunningEngine,
  startEngine,
} from './engines/index.js';
export { HOW_TO_GET_PHP, obtainPhp } from './interpreters/obtain-php.js';
export { obtainPython } from './interpreters/obtain-python.js';
export { howToGetK6, K6_VERSION, type ObtainedK6, obtainK6 } from './k6/obtain-k6.js';
export { type KafkaCluster, type KafkaClusterOptions, startKafkaCluster } from './kafka/kafka-cluster.js';
export { HOW_TO_GET_KAFKA, type KafkaProgram, obtainKafkaProgram } from './kafka/kafka-program.js';
export type { KafkaAccount } from './kafka/kafka-security.js';
export { type KafkaServer, type KafkaServerOptions, startKafkaServer } from './kafka/kafka-server.js';
export { type OwnKafka, type OwnKafkaOptions, startOwnKafka } from './kafka/own-kafka.js';
export {
  type MemcachedServer,
  type MemcachedServerOptions,
  startMemcachedServer,
} from './memcached/memcached-server.js';
export {
  HOW_TO_GET_MEMCACHED,
  type ObtainedMemcached,
  obtainMemcached,
  obtainMemcachedBinary,
} from './memcached/obtain-memcached.js';
export { type Say, sayOnStderr, withProgress } from './progress.js';
export { atRedis } from './redis/at-redis.js';
export { installRedis, type ObtainedRedis, obtainRedis } from './redis/obtain-redis.js';
export { findRedisBinary, HOW_TO_GET_REDIS } from './redis/redis-binary.js';
export { type RedisCluster, type RedisClusterOptions, startRedisCluster } from './redis/redis-cluster.js';
export { type RedisSentinels, type RedisSentinelsOptions, startRedisSentinels } from './redis/redis-sentinels.js';
export { type RedisServer, type RedisServerOptions, startRedisServer } from './redis/redis-server.js';
export { readOwnSystem as readSystem } from './system/own-system.js';
export {
  howToGetToxiproxy,
  type ObtainedToxiproxy,
  obtainToxiproxy,
  TOXIPROXY_VERSION,
} from './toxiproxy/obtain-toxiproxy.js';
export { type ToxicDirection, ToxiproxyClient, type ToxiproxyProxy } from './toxiproxy/toxiproxy-client.js';
export {
  startToxiproxyServer,
  type ToxiproxyServer,
  type ToxiproxyServerOptions,
} from './toxiproxy/toxiproxy-server.js';
