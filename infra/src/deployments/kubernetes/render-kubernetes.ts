import type { System } from '@holdfast/system';
import { type Rendered, yamlFile } from '../rendered.js';
import { CONFIG_MAP, NETWORK_POLICIES, SERVICE_ACCOUNT } from './base.js';
import { deploymentOf } from './deployment.js';
import { GATEWAY, httpRouteOf, ingressOf } from './routing.js';
import { autoscalerOf, disruptionBudgetOf, serviceOf } from './scaling.js';
import { KAFKA, KAFKA_NODE_POOL, REDIS_CONFIG, REDIS_REPLICATION, REDIS_SENTINEL } from './stores.js';
import { CLUSTER_JOURNEYS, testRunOf } from './test-runs.js';
import { type Variant, variantsOf } from './variants.js';

/** The system for Kubernetes by Kustomize: a base, an overlay for each variant and for each with the Gateway API, the stores, and load. */
export function renderKubernetes(system: System): Rendered {
  return {
    ...folder(
      'base',
      {},
      {
        'config-map.yaml': [CONFIG_MAP],
        'network-policy.yaml': NETWORK_POLICIES,
        'service-account.yaml': [SERVICE_ACCOUNT],
      },
    ),
    ...folder(
      'stores',
      { namespace: 'holdfast' },
      {
        'config-map.yaml': [REDIS_CONFIG],
        'redis-replication.yaml': [REDIS_REPLICATION],
        'redis-sentinel.yaml': [REDIS_SENTINEL],
        'kafka.yaml': [KAFKA],
        'kafka-node-pool.yaml': [KAFKA_NODE_POOL],
      },
    ),
    ...Object.assign(
      {},
      ...CLUSTER_JOURNEYS.map((journey) =>
        folder(`load/${journey}`, { namespace: 'holdfast-load' }, { 'test-run.yaml': [testRunOf(journey)] }),
      ),
    ),
    ...Object.assign({}, ...variantsOf(system).map((variant) => overlays(system, variant))),
  };
}

function overlays(system: System, variant: Variant): Rendered {
  const { name, apps } = variant;
  return {
    ...folder(
      `overlays/${name}`,
      { namespace: 'holdfast', images: apps.map((app) => ({ name: `holdfast/${app}`, newTag: 'local' })) },
      {
        'deployment.yaml': apps.map((app) => deploymentOf(variant, app)),
        'horizontal-pod-autoscaler.yaml': apps.map((app) => autoscalerOf(variant, app)),
        'ingress.yaml': [ingressOf(system, variant)],
        'pod-disruption-budget.yaml': apps.map((app) => disruptionBudgetOf(app)),
        'service.yaml': apps.map((app) => serviceOf(app)),
      },
      ['../../base'],
    ),
    ...folder(
      `overlays/${name}-gateway-api`,
      {
        namespace: 'holdfast',
        patches: [
          {
            patch: '$patch: delete\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: holdfast }\n',
          },
        ],
      },
      { 'gateway.yaml': [GATEWAY], 'http-route.yaml': [httpRouteOf(system, variant)] },
      [`../${name}`],
    ),
  };
}

/** A folder of Kustomize: its files, and the file that lists them. */
function folder(
  path: string,
  settings: object,
  files: Readonly<Record<string, readonly object[]>>,
  bases: readonly string[] = [],
): Rendered {
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    ...settings,
    resources: [...bases, ...Object.keys(files)],
  };
  return {
    [`kubernetes/${path}/kustomization.yaml`]: yamlFile(kustomization),
    ...Object.fromEntries(
      Object.entries(files).map(([file, documents]) => [`kubernetes/${path}/${file}`, yamlFile(...documents)]),
    ),
  };
}
