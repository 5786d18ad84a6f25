import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { System } from '@holdfast/system';
import { renderCompose } from './compose/render-compose.js';
import { renderKubernetes } from './kubernetes/render-kubernetes.js';
import type { Rendered } from './rendered.js';

/** Where the rendered files are kept. */
export const DEPLOYMENTS_FOLDER = fileURLToPath(new URL('../../deployments', import.meta.url));

/** Every rendered file of the deployments. */
export function renderDeployments(system: System): Rendered {
  return { ...renderCompose(system), ...renderKubernetes(system) };
}

/** Writes them all; resolves with their number. */
export function writeDeployments(system: System, folder = DEPLOYMENTS_FOLDER): number {
  const files = Object.entries(renderDeployments(system));
  for (const [path, text] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return files.length;
}
