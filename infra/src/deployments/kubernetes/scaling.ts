import { REPLICAS } from '../container.js';
import { PORT, selectorOf, type Variant } from './variants.js';

const MOST_REPLICAS = 10;

/** The Service of an app, behind the routing in front. */
export function serviceOf(app: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: app, labels: selectorOf(app) },
    spec: { selector: selectorOf(app), ports: [{ name: PORT.name, port: 80, targetPort: PORT.name }] },
  };
}

/** Maintenance of the cluster takes one pod of an app at a time. */
export function disruptionBudgetOf(app: string): object {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: app },
    spec: {
      maxUnavailable: 1,
      // A pod that is not ready anyway must not keep its host from being drained.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: selectorOf(app) },
    },
  };
}

/** An app grows with its CPU time. Where sessions are in its memory it never shrinks by itself: each pod less is users logged out. */
export function autoscalerOf({ inMemory }: Variant, app: string): object {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: app },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: app },
      ...{ minReplicas: REPLICAS, maxReplicas: MOST_REPLICAS },
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
      behavior: {
        scaleDown: inMemory
          ? { selectPolicy: 'Disabled' }
          : { stabilizationWindowSeconds: 300, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
      },
    },
  };
}
