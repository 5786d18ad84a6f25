import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { readOwnSystem } from '../../system/own-system.js';
import { renderKubernetes } from './render-kubernetes.js';
import { CLUSTER_JOURNEYS } from './test-runs.js';

const rendered = renderKubernetes(readOwnSystem());
/** Of any shape: Kubernetes' own schemas check it in `test/kubernetes-schemas.test.ts`. */
const documentsOf = (path: string) => parseAllDocuments(rendered[path] ?? '').map((document) => document.toJS());
const manifests = Object.keys(rendered).filter((path) => !path.endsWith('/kustomization.yaml'));
const overlay = (name: string, file: string) => documentsOf(`kubernetes/overlays/${name}/${file}`);
const deployments = ['shared', 'sticky'].flatMap((name) => overlay(name, 'deployment.yaml'));
const podsAndContainers = deployments.map(({ spec }) => {
  const pod = spec.template.spec;
  return { pod, container: pod.containers[0] };
});

describe('files', () => {
  test.each(manifests)('%s has one kind, after which it is named', (path) => {
    const kinds = new Set(documentsOf(path).map(({ kind }) => kind));
    const [kind = ''] = kinds;
    expect(kinds.size).toBe(1);
    const file = kind
      .replace(/([a-z])([A-Z])/g, '$1-$2')
      .toLowerCase()
      .replace('httproute', 'http-route');
    expect(path.endsWith(`/${file}.yaml`)).toBe(true);
  });

  test('each is listed by the kustomization beside it, and everything that is listed is there', () => {
    const listed = Object.keys(rendered)
      .filter((path) => path.endsWith('/kustomization.yaml'))
      .flatMap((path) =>
        (parse(rendered[path] ?? '') as { resources: string[] }).resources.map((name) => join(dirname(path), name)),
      );
    const bases = listed.filter((path) => !path.endsWith('.yaml'));
    expect(listed.filter((path) => path.endsWith('.yaml')).sort()).toEqual([...manifests].sort());
    for (const base of bases) expect(rendered).toHaveProperty([`${base}/kustomization.yaml`]);
  });

  test('no file holds a secret', () => {
    expect(manifests.flatMap((path) => documentsOf(path)).filter(({ kind }) => kind === 'Secret')).toEqual([]);
    for (const { container } of podsAndContainers) {
      const secrets = container.env.filter(({ name }: { name: string }) => /SECRET|REDIS_URL/.test(name));
      expect(secrets).toHaveLength(2);
      for (const secret of secrets)
        expect(secret).toEqual({ name: secret.name, valueFrom: { secretKeyRef: expect.anything() } });
    }
  });
});

describe('load', () => {
  test.each(CLUSTER_JOURNEYS)('%s is a journey of the lab, walked by the users of many pods', (journey) => {
    expect(existsSync(join(import.meta.dirname, `../../../../loadtests/src/journeys/${journey}.ts`))).toBe(true);
    const [run] = documentsOf(`kubernetes/load/${journey}/test-run.yaml`);
    const env = run.spec.runner.env.map(({ name, value }: Record<string, string>) => [name, value]);
    expect(Object.fromEntries(env)).toMatchObject({ JOURNEY: journey, USERS: expect.stringMatching(/^\d+$/) });
    expect(run.spec.parallelism).toBeGreaterThan(1);
  });
});

describe('pods', () => {
  test('the scenario decides what they are', () => {
    expect(overlay('shared', 'deployment.yaml').map(({ metadata }) => metadata.name)).toEqual(['auth', 'todo', 'chat']);
    expect(overlay('sticky', 'deployment.yaml').map(({ metadata }) => metadata.name)).toEqual(['monolith']);
  });

  test('liveness never touches Redis, readiness does', () => {
    for (const { container } of podsAndContainers) {
      expect(container.livenessProbe.httpGet.path).toBe('/healthz');
      expect(container.startupProbe.httpGet.path).toBe('/healthz');
      expect(container.readinessProbe.httpGet.path).toBe('/readyz');
    }
  });

  test('have time for the routing to notice, for what is in flight, and then end by themselves', () => {
    const [config] = documentsOf('kubernetes/base/config-map.yaml');
    const timeoutSeconds = Number(config.data.SHUTDOWN_TIMEOUT_MS) / 1000;
    for (const { pod, container } of podsAndContainers) {
      const [, sleepSeconds] = container.lifecycle.preStop.exec.command;
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(Number(sleepSeconds) + timeoutSeconds);
    }
  });

  test('are not root, write nothing and may nothing', () => {
    for (const { pod, container } of podsAndContainers) {
      expect(pod).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true } });
      expect(container.securityContext).toEqual({
        ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      });
    }
  });
});

describe('around the pods', () => {
  test.each(['shared', 'sticky'])(
    '%s: maintenance takes one pod of an app at a time, and zones and hosts share them',
    (name) => {
      const apps = overlay(name, 'deployment.yaml').map(({ metadata }) => metadata.name);
      const budgets = overlay(name, 'pod-disruption-budget.yaml');
      expect(budgets.map(({ metadata, spec }) => [metadata.name, spec.maxUnavailable])).toEqual(
        apps.map((app) => [app, 1]),
      );
      for (const { spec } of overlay(name, 'deployment.yaml')) {
        const { topologySpreadConstraints, ...pod } = spec.template.spec;
        expect(pod.containers).toHaveLength(1);
        expect(topologySpreadConstraints.map(({ topologyKey }: { topologyKey: string }) => topologyKey)).toEqual([
          'topology.kubernetes.io/zone',
          'kubernetes.io/hostname',
        ]);
      }
    },
  );

  test('nothing reaches them and they reach nothing, but the routing, Prometheus, names, Redis, Kafka and a Collector', () => {
    const policies = documentsOf('kubernetes/base/network-policy.yaml');
    const [all, ...openings] = policies;
    expect(all.spec).toEqual({ podSelector: expect.anything(), policyTypes: ['Ingress', 'Egress'] });
    for (const { spec } of policies) expect(spec.podSelector).toEqual(all.spec.podSelector);
    expect(openings.map(({ metadata }) => metadata.name)).toEqual([
      ...['from-routing', 'from-prometheus', 'to-names', 'to-redis', 'to-kafka', 'to-collector'],
    ]);
    for (const { spec } of openings)
      for (const { from, to, ports } of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
        expect((from ?? to).length).toBeGreaterThan(0);
        expect(ports.length).toBeGreaterThan(0);
      }
  });
});

describe('sticky and shared', () => {
  const annotations = (name: string) => overlay(name, 'ingress.yaml')[0].metadata.annotations;
  const [route] = overlay('sticky-gateway-api', 'http-route.yaml');

  test('only sticky binds clients, by ingress-nginx and by the Gateway API', () => {
    expect(annotations('sticky')).toMatchObject({
      'nginx.ingress.kubernetes.io/affinity': 'cookie',
      'nginx.ingress.kubernetes.io/affinity-mode': 'persistent',
    });
    expect(JSON.stringify(annotations('shared'))).not.toContain('affinity');
    expect(JSON.stringify(route)).toContain('"sessionPersistence":{"sessionName":"hf_affinity","type":"Cookie"');
    expect(rendered['kubernetes/overlays/shared-gateway-api/http-route.yaml']).not.toContain('sessionPersistence');
  });

  test('pods with sessions in their memory are never scaled in by themselves', () => {
    const scaleDown = (name: string) =>
      overlay(name, 'horizontal-pod-autoscaler.yaml').map(({ spec }) => spec.behavior.scaleDown);
    expect(scaleDown('sticky')).toEqual([{ selectPolicy: 'Disabled' }]);
    for (const rule of scaleDown('shared')) expect(rule).not.toHaveProperty('selectPolicy');
  });
});
