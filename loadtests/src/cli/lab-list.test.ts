import { join } from 'node:path';
import { readSystem } from '@holdfast/infra';
import { expect, test } from '@jest/globals';
import { loadExperiments } from '../registry/experiments.js';
import { loadRegistry } from '../registry/registry.js';
import { listParts } from './lab-list.js';

test('the list has every part by its id', async () => {
  const registry = await loadRegistry();
  const experiments = loadExperiments(join(import.meta.dirname, '../../experiments'), registry);
  const system = readSystem();
  const listed = listParts(registry, experiments, system);
  const { disturbances, journeys, loads, measures, runners, engines } = registry;
  const parts: Record<string, readonly string[]> = {
    experiments: experiments.map(({ name }) => name),
    scenarios: Object.keys(system.scenarios),
    measures: [...measures.values()].flatMap(({ names }) => Object.keys(names)),
    ...Object.fromEntries(
      Object.entries({ disturbances, journeys, loads, runners, engines }).map(([title, part]) => [
        title,
        [...part.keys()],
      ]),
    ),
  };
  for (const [title, ids] of Object.entries(parts)) {
    const [, section = ''] = new RegExp(`^${title} \\(${ids.length}\\)\n((?:  .*\n?)*)`, 'm').exec(listed) ?? [];
    expect([title, section.match(/^ {2}\S+/gm)?.map((id) => id.trim())]).toEqual([title, ids]);
  }
});
