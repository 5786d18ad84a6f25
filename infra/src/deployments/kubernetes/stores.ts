/** Name of the Kafka cluster, and so of the Service that Strimzi makes for it. */
export const KAFKA_NAME = 'holdfast-kafka';
export const KAFKA_PORT = 9092;

const REDIS_NAME = 'holdfast-redis';
const SENTINEL_NAME = 'holdfast-redis-sentinel';
const REDIS_IMAGE = 'quay.io/opstree/redis:v7.2.7';
const SENTINEL_IMAGE = 'quay.io/opstree/redis-sentinel:v7.2.7';

/** The labels that the operator gives its pods, and the port that ours use. */
export const REDIS_LABELS: readonly (readonly [Readonly<Record<string, string>>, number])[] = [
  [{ app: REDIS_NAME }, 6379],
  [{ app: `${SENTINEL_NAME}-sentinel` }, 26379],
];

const password = { redisSecret: { name: 'holdfast-redis', key: 'password' } };

/** A Redis and two copies, by the Redis operator (OT-CONTAINER-KIT). Sessions are written to disk and never evicted. */
export const REDIS_REPLICATION = {
  apiVersion: 'redis.redis.opstreelabs.in/v1beta2',
  kind: 'RedisReplication',
  metadata: { name: REDIS_NAME },
  spec: {
    clusterSize: 3,
    podSecurityContext: { runAsUser: 1000, fsGroup: 1000 },
    kubernetesConfig: {
      image: REDIS_IMAGE,
      ...password,
      resources: { requests: { cpu: '100m', memory: '512Mi' }, limits: { memory: '512Mi' } },
    },
    redisConfig: { additionalRedisConfig: 'holdfast-redis' },
    storage: {
      volumeClaimTemplate: {
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '4Gi' } } },
      },
    },
  },
};

/** Three Sentinels that name another master when it is gone. The services find it by them: `redis+sentinel://`. */
export const REDIS_SENTINEL = {
  apiVersion: 'redis.redis.opstreelabs.in/v1beta2',
  kind: 'RedisSentinel',
  metadata: { name: SENTINEL_NAME },
  spec: {
    clusterSize: 3,
    podSecurityContext: { runAsUser: 1000, fsGroup: 1000 },
    redisSentinelConfig: {
      redisReplicationName: REDIS_NAME,
      masterGroupName: 'holdfast',
      redisReplicationPassword: { secretKeyRef: { name: 'holdfast-redis', key: 'password' } },
      quorum: '2',
    },
    kubernetesConfig: {
      image: SENTINEL_IMAGE,
      resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '64Mi' } },
    },
  },
};

/** Redis' own settings. */
export const REDIS_CONFIG = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'holdfast-redis' },
  data: {
    'redis-additional.conf':
      'appendonly yes\nmaxmemory 384mb\nmaxmemory-policy noeviction\nmin-replicas-to-write 1\nmin-replicas-max-lag 10\n',
  },
};

/** Three brokers that are controllers too, by Strimzi. */
export const KAFKA_NODE_POOL = {
  apiVersion: 'kafka.strimzi.io/v1beta2',
  kind: 'KafkaNodePool',
  metadata: { name: 'brokers', labels: { 'strimzi.io/cluster': KAFKA_NAME } },
  spec: {
    replicas: 3,
    roles: ['controller', 'broker'],
    storage: { type: 'persistent-claim', size: '10Gi' },
    resources: { requests: { cpu: '250m', memory: '1Gi' }, limits: { memory: '1Gi' } },
  },
};

/** A record that was acknowledged is on two brokers. */
export const KAFKA = {
  apiVersion: 'kafka.strimzi.io/v1beta2',
  kind: 'Kafka',
  metadata: {
    name: KAFKA_NAME,
    annotations: { 'strimzi.io/node-pools': 'enabled', 'strimzi.io/kraft': 'enabled' },
  },
  spec: {
    kafka: {
      listeners: [{ name: 'plain', port: KAFKA_PORT, type: 'internal', tls: false }],
      config: {
        'default.replication.factor': 3,
        'min.insync.replicas': 2,
        'offsets.topic.replication.factor': 3,
        'transaction.state.log.replication.factor': 3,
        'transaction.state.log.min.isr': 2,
      },
    },
    entityOperator: { topicOperator: {} },
  },
};
