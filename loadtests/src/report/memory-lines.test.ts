import { expect, test } from '@jest/globals';
import { htmlReport } from './html.js';
import { markdownReport } from './markdown.js';
import { memoryLines } from './memory-lines.js';
import { resultsFixture } from './results.fixture.js';

test('a long run names its processes with their memory, the one that grew most first', () => {
  const results = resultsFixture();
  const [first, ...others] = results.runs.filter(
    ({ experiment, phase }) => experiment === 'crash' && phase === 'after',
  );
  if (first === undefined) throw new Error('no run');
  const estimated = {
    ...first.estimated,
    ...{ memoryGrowth: 1.284, 'memoryGrowth.todo-3': 1.01, 'memoryMegabytes.todo-3': 141.2 },
    ...{ 'memoryGrowth.gateway': 1.284, 'memoryMegabytes.gateway': 138 },
  };
  const line =
    'Memory at the end, in times of that early on (round-robin-local, block 1, after the disturbance (kill)): ' +
    'gateway 138 MB (1.28 times), todo-3 141 MB (1.01 times).';
  const runs = [{ ...first, estimated }, ...others];
  expect(memoryLines(runs)).toEqual([line]);
  expect(markdownReport({ ...results, runs })).toContain(line);
  expect(htmlReport({ ...results, runs })).toContain(line);
  expect(memoryLines(results.runs)).toEqual([]);
});
