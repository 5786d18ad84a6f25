import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DEPLOYMENTS_FOLDER } from '../src/deployments/render.js';
import { obtainPython } from '../src/interpreters/obtain-python.js';
import { runCommand } from '../src/run-command.js';

/** Oldest, middle and newest of those in use. */
const VERSIONS = ['1.31', '1.34', '1.37'];
const FOLDER = join(DEPLOYMENTS_FOLDER, 'kubernetes');
const dataDir = resolve(process.env.DATA_DIR || join(DEPLOYMENTS_FOLDER, '../../.data'));
const manifests = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.yaml') && !path.endsWith('kustomization.yaml'))
  .map((path) => join(FOLDER, path));

let python: string | undefined;
let scratch: string;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'holdfast-kubernetes-'));
  try {
    python = await obtainPython(['kubernetes_validate'], dataDir);
  } catch (error) {
    console.error(`!!! WITHOUT KUBERNETES SCHEMAS: manifests are not validated. ${(error as Error).message}`);
  }
}, 180_000);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const validate = (python: string, version: string, files: readonly string[]) =>
  runCommand(python, ['-m', 'kubernetes_validate', '--strict', '--quiet', '--kubernetes-version', version, ...files]);

test.each(VERSIONS)('the schemas of Kubernetes %s accept every manifest', async (version) => {
  if (python === undefined) return;
  const { code, output } = await validate(python, version, manifests);
  // Custom resources have no schema in Kubernetes itself; each is a file of its own.
  const lines = output.split('\n').filter((line) => line !== '' && !/^WARN .*Couldn't find schema for kind/.test(line));
  expect({ code, lines }).toEqual({ code: 0, lines: [] });
});

test('they refuse a field that does not exist', async () => {
  if (python === undefined) return;
  const file = join(scratch, 'service.yaml');
  writeFileSync(
    file,
    'apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { ports: [{ port: 80 }], selektor: {} }\n',
  );
  const { code, output } = await validate(python, '1.34', [file]);
  expect(code).not.toBe(0);
  expect(output).toContain('selektor');
});
