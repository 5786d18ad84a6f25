import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readOwnSystem } from '../system/own-system.js';
import { composeScenarios } from './compose/render-compose.js';
import { DEPLOYMENTS_FOLDER, renderDeployments } from './render.js';

const system = readOwnSystem();
const rendered = renderDeployments(system);
const RENDERED_FOLDERS = ['compose', 'kubernetes'];

describe('rendered deployments', () => {
  test.each(Object.keys(rendered))('%s is current (else: npm run infra -- render)', (path) => {
    expect(readFileSync(join(DEPLOYMENTS_FOLDER, path), 'utf8')).toBe(rendered[path]);
  });

  test.each(RENDERED_FOLDERS)('%s has no other file', (folder) => {
    const files = readdirSync(join(DEPLOYMENTS_FOLDER, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(DEPLOYMENTS_FOLDER.length + 1));
    expect(files.filter((file) => !Object.hasOwn(rendered, file))).toEqual([]);
  });
});

describe('compose', () => {
  const { services } = parse(rendered['compose/compose.yaml'] ?? '');

  test.each(composeScenarios(system))('%s starts three of everything that its gateway file names', (scenario) => {
    const { upstreams } = parse(rendered[`compose/${scenario}/gateway.yaml`] ?? '');
    const fleet = system.fleets[system.scenarios[scenario]?.fleet ?? ''];
    expect(Object.keys(upstreams)).toEqual([...(fleet?.apps ?? []), 'console']);
    for (const app of fleet?.apps ?? []) {
      const ids = upstreams[app].destinations.map(({ id }: { id: string }) => id);
      expect(ids).toHaveLength(3);
      for (const id of ids) {
        expect(services[id].profiles).toContain(scenario);
        expect(services[id].environment).toMatchObject({ INSTANCE_ID: id, ...fleet?.env });
      }
    }
  });

  test.each(composeScenarios(system))('%s is the one scenario that its console is told of', (scenario) => {
    expect(services.console.env_file).toEqual([expect.stringMatching(/^\.\/\$\{COMPOSE_PROFILES:.*\}\/console\.env$/)]);
    const [, cards] = /^SCENARIOS=(.*)$/m.exec(rendered[`compose/${scenario}/console.env`] ?? '') ?? [];
    expect(cards).not.toMatch(/\$| #/);
    expect(JSON.parse(cards ?? '')).toEqual([expect.objectContaining({ name: scenario })]);
  });

  test.each(composeScenarios(system))('%s has every file that its containers are given', (scenario) => {
    const given = Object.values<{ volumes?: string[]; env_file?: string[] }>(services).flatMap(
      ({ volumes = [], env_file = [] }) => [...volumes, ...env_file],
    );
    const paths = given
      .filter((path) => path.startsWith('.'))
      .map((path) => path.replace(/\$\{COMPOSE_PROFILES:[^}]*\}/, scenario).replace(/:.*/, ''));
    expect(paths).toEqual(
      expect.arrayContaining(['../../observability/alerts.yaml', '../../observability/dashboards']),
    );
    expect(paths.filter((path) => !existsSync(join(DEPLOYMENTS_FOLDER, 'compose', path)))).toEqual([]);
  });

  test('the scenario is the only thing that a user chooses, and a secret the only thing that is asked for', () => {
    const variables = new Set((rendered['compose/compose.yaml'] ?? '').match(/\$\{[A-Z_]+:\?/g));
    expect([...variables].sort()).toEqual(['${COMPOSE_PROFILES:?', '${SESSION_SECRETS:?']);
    expect(rendered['compose/.env']).toContain(`COMPOSE_PROFILES=${system.active}\n`);
  });

  test('no container of ours can write, has rights or is reached from another machine', () => {
    const ours = Object.values<Record<string, unknown>>(services).filter(({ image }) =>
      String(image).startsWith('holdfast/'),
    );
    for (const service of ours) expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    const ports = Object.values<{ ports?: string[] }>(services).flatMap((service) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('an engine that ends a container waits longer than its app takes to leave', () => {
    for (const { stop_grace_period: grace, environment } of Object.values<Record<string, never>>(services)) {
      const { SHUTDOWN_TIMEOUT_MS } = (environment ?? {}) as Record<string, string>;
      if (SHUTDOWN_TIMEOUT_MS !== undefined)
        expect(Number.parseInt(String(grace), 10) * 1000).toBeGreaterThan(Number(SHUTDOWN_TIMEOUT_MS));
    }
  });
});
