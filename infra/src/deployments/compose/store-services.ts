import type { ComposeService } from './compose-services.js';
import { SCENARIO, variable } from './variable.js';
import { DASHBOARDS_FOLDER } from './watch-files.js';

/** What is not ours: stores and what watches the system. Only Grafana and Prometheus can be reached from this machine. */
export const STORE_SERVICES: Readonly<Record<string, ComposeService>> = {
  redis: {
    image: 'redis:7.4-alpine',
    restart: 'unless-stopped',
    // Sessions must not be evicted, and must outlive a restart.
    command: ['redis-server', '--appendonly', 'yes', '--maxmemory', '256mb', '--maxmemory-policy', 'noeviction'],
    volumes: ['redis:/data'],
    healthcheck: { test: ['CMD', 'redis-cli', 'ping'], interval: '2s', timeout: '2s', retries: 15 },
    networks: { holdfast: {} },
  },
  kafka: {
    image: 'apache/kafka:3.9.0',
    restart: 'unless-stopped',
    environment: {
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_HEAP_OPTS: '-Xmx384m -Xms384m',
    },
    networks: { holdfast: {} },
  },
  collector: {
    image: 'otel/opentelemetry-collector-contrib:0.115.1',
    restart: 'unless-stopped',
    command: ['--config=/etc/collector.yaml'],
    volumes: ['./collector.yaml:/etc/collector.yaml:ro'],
    networks: { holdfast: {} },
  },
  prometheus: {
    image: 'prom/prometheus:v2.55.1',
    restart: 'unless-stopped',
    volumes: [
      `./${SCENARIO}/prometheus.yaml:/etc/prometheus/prometheus.yml:ro`,
      '../../observability/alerts.yaml:/etc/prometheus/alerts.yaml:ro',
    ],
    ports: [`127.0.0.1:${variable('PROMETHEUS_PORT', ':-9090')}:9090`],
    networks: { holdfast: {} },
  },
  grafana: {
    image: 'grafana/grafana:11.4.0',
    restart: 'unless-stopped',
    // Whoever reaches this machine's loopback may look, and nobody may change anything: there is no password to guess.
    environment: { GF_AUTH_ANONYMOUS_ENABLED: 'true', GF_AUTH_DISABLE_LOGIN_FORM: 'true' },
    volumes: [
      './grafana-datasources.yaml:/etc/grafana/provisioning/datasources/holdfast.yaml:ro',
      './grafana-dashboards.yaml:/etc/grafana/provisioning/dashboards/holdfast.yaml:ro',
      `../../observability/dashboards:${DASHBOARDS_FOLDER}:ro`,
    ],
    ports: [`127.0.0.1:${variable('GRAFANA_PORT', ':-3000')}:3000`],
    networks: { holdfast: {} },
  },
};
