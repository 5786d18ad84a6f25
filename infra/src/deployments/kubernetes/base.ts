import { DRAIN, drainEnv } from '../drain.js';
import { KAFKA_NAME, KAFKA_PORT, REDIS_LABELS } from './stores.js';
import { ALL_PODS, PORT } from './variants.js';

/** Settings of every app that are no secret. */
export const CONFIG_MAP = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'holdfast' },
  data: {
    SESSION_SECURE: 'true',
    // The ingress controller's pods may have any of the cluster's addresses; a NetworkPolicy lets only them in.
    TRUSTED_PROXIES: '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16',
    KAFKA_BROKERS: `${KAFKA_NAME}-kafka-bootstrap:${KAFKA_PORT}`,
    ...drainEnv(DRAIN.gatewayNoticeSeconds),
  },
};

/** The account of the pods; it has no rights, and they have no token of it. */
export const SERVICE_ACCOUNT = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'holdfast' },
  automountServiceAccountToken: false,
};

const policy = (name: string, spec: object): object => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name },
  spec: { podSelector: ALL_PODS, ...spec },
});

const namespace = (name: string): object => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});

const tcp = (...ports: number[]): object[] => ports.map((port) => ({ protocol: 'TCP', port }));

/** OTLP over HTTP, for which an endpoint may be set. */
const OTLP_PORT = 4318;

/** Nothing reaches a pod of ours and it reaches nothing, but for these. */
export const NETWORK_POLICIES: readonly object[] = [
  policy('deny-all', { policyTypes: ['Ingress', 'Egress'] }),
  policy('from-routing', {
    policyTypes: ['Ingress'],
    ingress: [{ from: [namespace('ingress-nginx'), namespace('gateway')], ports: tcp(PORT.containerPort) }],
  }),
  policy('from-prometheus', {
    policyTypes: ['Ingress'],
    ingress: [{ from: [namespace('monitoring')], ports: tcp(PORT.containerPort) }],
  }),
  policy('to-names', {
    policyTypes: ['Egress'],
    egress: [
      {
        to: [{ ...namespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
        ports: [{ protocol: 'UDP', port: 53 }, ...tcp(53)],
      },
    ],
  }),
  policy('to-redis', {
    policyTypes: ['Egress'],
    egress: REDIS_LABELS.map(([labels, port]) => ({
      to: [{ podSelector: { matchLabels: labels } }],
      ports: tcp(port),
    })),
  }),
  policy('to-kafka', {
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: { matchLabels: { 'strimzi.io/cluster': KAFKA_NAME } } }], ports: tcp(KAFKA_PORT) }],
  }),
  policy('to-collector', {
    policyTypes: ['Egress'],
    egress: [{ to: [namespace('monitoring')], ports: tcp(OTLP_PORT) }],
  }),
];
