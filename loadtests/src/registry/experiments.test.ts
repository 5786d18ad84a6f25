import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { experimentSchema } from '../results/results.js';
import { knownTo } from './experiments.js';
import { readExperiment, repeatedSentences } from './read-experiment.js';
import { loadRegistry } from './registry.js';

const folder = join(import.meta.dirname, '../../experiments');
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml') && !file.endsWith('.example.yaml'));

const known = knownTo(await loadRegistry());
const read = (file: string) => readExperiment(file, readFileSync(join(folder, file), 'utf8'), known);

test.each(files)('%s can be read, and so can its rules', (file) => {
  const { experiment, mistakes } = read(file);
  expect(mistakes).toEqual([]);
  expect(experimentSchema.parse(experiment)).toEqual(experiment);
});

test('no sentence is said by two experiments', () => {
  expect(repeatedSentences(files.flatMap((file) => read(file).experiment ?? []))).toEqual([]);
});
