import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseAllDocuments, stringify } from 'yaml';
import { DEPLOYMENTS_FOLDER } from '../src/deployments/render.js';
import { type KubernetesApi, startKubernetesApi } from '../src/kubernetes/api-server.js';
import { obtainKubernetes } from '../src/kubernetes/obtain-kubernetes.js';

const FOLDER = join(DEPLOYMENTS_FOLDER, 'kubernetes');
const STRICT = ['--validate=strict', '--dry-run=server', '--namespace=holdfast'];
/** Whose kinds an operator brings. Every other group must be known to the server: a slip in its name is no custom resource. */
const OPERATORS = ['gateway.networking.k8s.io', 'k6.io', 'kafka.strimzi.io', 'redis.redis.opstreelabs.in'];

const parse = (text: string): { readonly apiVersion: string }[] =>
  parseAllDocuments(text).map((document) => document.toJS());
const isCustom = ({ apiVersion }: { readonly apiVersion: string }): boolean =>
  OPERATORS.includes(apiVersion.split('/')[0] ?? '');
const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
const folders = files.filter((path) => path.endsWith('/kustomization.yaml')).map((path) => dirname(path));
const manifests = files
  .filter((path) => !path.endsWith('/kustomization.yaml'))
  .map((path) => ({ path, custom: parse(readFileSync(join(FOLDER, path), 'utf8')).some(isCustom) }));

const scratch = mkdtempSync(join(tmpdir(), 'holdfast-kubernetes-'));
let api: KubernetesApi;

beforeAll(async () => {
  const dataDir = resolve(process.env.DATA_DIR || join(DEPLOYMENTS_FOLDER, '../../.data'));
  api = await startKubernetesApi(await obtainKubernetes(dataDir), scratch);
  for (const namespace of ['holdfast', 'holdfast-load']) await api.kubectl('create', 'namespace', namespace);
  const skipped = manifests.filter(({ custom }) => custom).map(({ path }) => path);
  console.error(`!!! WITHOUT OPERATORS: custom resources are not validated: ${skipped.join(', ')}`);
}, 300_000);

afterAll(async () => {
  await api?.stop();
  rmSync(scratch, { recursive: true, force: true });
}, 30_000);

function fileOf(...documents: readonly object[]): string {
  const path = join(scratch, 'manifest.yaml');
  writeFileSync(path, documents.map((document) => stringify(document)).join('---\n'));
  return path;
}

test.each(manifests.filter(({ custom }) => !custom))('the server accepts $path', async ({ path }) => {
  await api.kubectl('apply', ...STRICT, '--filename', join(FOLDER, path));
});

describe('Kustomize', () => {
  test.each(folders)('makes of %s what the server accepts', async (folder) => {
    const documents = parse(await api.kubectl('kustomize', join(FOLDER, folder)));
    const native = documents.filter((document) => !isCustom(document));
    expect(documents).not.toEqual([]);
    if (native.length > 0) await api.kubectl('apply', ...STRICT, '--filename', fileOf(...native));
  });
});

describe('applied', () => {
  const versionsOf = (file: string): Promise<string> =>
    api.kubectl('get', '--filename', file, '--output', 'jsonpath={.items[*].metadata.resourceVersion}');

  test.each(['shared', 'sticky'])('%s is kept as written, and applying it again changes nothing', async (overlay) => {
    const written = parse(await api.kubectl('kustomize', join(FOLDER, 'overlays', overlay)));
    const file = fileOf(...written);
    await api.kubectl('apply', '--validate=strict', '--filename', file);
    const kept = JSON.parse(await api.kubectl('get', '--filename', file, '--output', 'json')).items;
    const versions = await versionsOf(file);
    expect(kept).toHaveLength(written.length);
    for (const [index, document] of written.entries()) expect(kept[index]).toMatchObject(document);
    await api.kubectl('apply', '--filename', file);
    // By the versions, since kubectl calls a budget `configured` whenever it sends one.
    expect(await versionsOf(file)).toEqual(versions);
  });
});

describe('the server refuses', () => {
  const named = (apiVersion: string, kind: string, spec: object) => ({
    ...{ apiVersion, kind, metadata: { name: 'mistake' } },
    spec,
  });
  const ports = [{ port: 80 }];
  const budget = { selector: { matchLabels: { a: 'b' } }, minAvailable: 1, maxUnavailable: 1 };

  test.each([
    ['a field that does not exist', named('v1', 'Service', { ports, selektor: {} }), /unknown field "spec.selektor"/],
    [
      'a text for a number',
      named('v1', 'Service', { ports: [{ port: 'http' }] }),
      /spec\.ports|cannot .* into .* int32/,
    ],
    ['an impossible budget', named('policy/v1', 'PodDisruptionBudget', budget), /cannot be both set/],
    ['a kind that does not exist', named('apps/v2', 'Deployment', {}), /no matches for kind "Deployment"/],
  ])('%s', async (_, mistake, complaint) => {
    await expect(api.kubectl('apply', ...STRICT, '--filename', fileOf(mistake))).rejects.toThrow(complaint);
  });
});
