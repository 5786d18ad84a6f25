import { REPLICAS, USER_ID } from '../container.js';
import { DRAIN } from '../drain.js';
import { PORT, selectorOf, type Variant } from './variants.js';

const probe = (path: string, periodSeconds: number, failureThreshold: number) => ({
  httpGet: { path, port: PORT.name },
  ...{ periodSeconds, timeoutSeconds: 2, failureThreshold },
});

/** The Deployment of an app. */
export function deploymentOf({ env }: Variant, app: string): object {
  const labels = selectorOf(app);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app, labels },
    spec: {
      replicas: REPLICAS,
      selector: { matchLabels: labels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: 'holdfast',
          automountServiceAccountToken: false,
          // The routing in front hears that the pod leaves, then the app is told; what is in flight ends; then it is killed.
          terminationGracePeriodSeconds: DRAIN.kubernetesNoticeSeconds + DRAIN.timeoutSeconds + DRAIN.marginSeconds,
          securityContext: {
            ...{ runAsNonRoot: true, runAsUser: USER_ID, runAsGroup: USER_ID, fsGroup: USER_ID },
            seccompProfile: { type: 'RuntimeDefault' },
          },
          topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
            ...{ maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway' },
            labelSelector: { matchLabels: labels },
          })),
          containers: [containerOf(app, env)],
          volumes: [{ name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } }],
        },
      },
    },
  };
}

function containerOf(app: string, env: Variant['env']): object {
  return {
    name: app,
    image: `holdfast/${app}`,
    ports: [PORT],
    envFrom: [{ configMapRef: { name: 'holdfast' } }],
    env: [
      { name: 'INSTANCE_ID', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ...Object.entries(env).map(([name, value]) => ({ name, value })),
      ...['SESSION_SECRETS', 'REDIS_URL'].map((name) => ({
        name,
        valueFrom: { secretKeyRef: { name: 'holdfast', key: name } },
      })),
    ],
    resources: { requests: { cpu: '100m', memory: '160Mi' }, limits: { memory: '256Mi' } },
    startupProbe: probe('/healthz', 1, 60),
    // It never asks Redis: an outage of Redis would otherwise restart every pod, and end what near caches still answer.
    livenessProbe: probe('/healthz', 5, 3),
    readinessProbe: probe('/readyz', 2, 2),
    lifecycle: { preStop: { exec: { command: ['sleep', String(DRAIN.kubernetesNoticeSeconds)] } } },
    securityContext: {
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
  };
}
