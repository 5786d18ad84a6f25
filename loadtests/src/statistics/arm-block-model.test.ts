import { expect, test } from '@jest/globals';
import { seededRandom } from '../loads/seeded-random.js';
import { type Cell, fitArmBlockModel, pairedRatio } from './arm-block-model.js';
import { normal } from './noise.fixture.js';
import { studentT } from './student-t.js';

const cells = (rows: Record<string, readonly (number | undefined)[]>): Cell[] =>
  Object.entries(rows).flatMap(([arm, values]) =>
    values.flatMap((value, n) => (value === undefined ? [] : [{ arm, block: n + 1, value }])),
  );

test.each([
  [0.95, 1, 12.7062],
  [0.95, 2, 4.3027],
  [0.95, 10, 2.2281],
  [0.99, 5, 4.0321],
  [0.99, 30, 2.75],
])('Student t of level %d with %i degrees of freedom is that of the tables', (level, degreesOfFreedom, t) => {
  expect(studentT(level, degreesOfFreedom)).toBeCloseTo(t, 4);
});

test('with two arms the interval is that of the paired t test on logs', () => {
  const log = (...values: number[]) => values.map((value) => Math.exp(value));
  const model = fitArmBlockModel(cells({ a: log(1.1, 2.2, 3.3), b: log(1, 2, 3) }));
  const { ratio, low, high, blocks } = pairedRatio(model, 'a', 'b') ?? { ratio: 0, low: 0, high: 0, blocks: 0 };
  expect(blocks).toBe(3);
  expect(model.degreesOfFreedom).toBe(2);
  // Differences 0.1, 0.2, 0.3: mean 0.2, standard deviation 0.1, t = 4.3027, so 0.2 ± 0.2484.
  expect(Math.log(ratio)).toBeCloseTo(0.2, 10);
  expect(Math.log(low)).toBeCloseTo(-0.0484, 4);
  expect(Math.log(high)).toBeCloseTo(0.4484, 4);
});

test('what a block does to all of its arms alike leaves no noise', () => {
  const model = fitArmBlockModel(cells({ a: [10, 20, 5], b: [15, 30, 7.5], c: [1, 2, 0.5] }));
  const ratio = pairedRatio(model, 'b', 'a');
  expect(ratio?.ratio).toBeCloseTo(1.5, 9);
  expect(ratio?.low).toBeCloseTo(1.5, 6);
  expect(ratio?.high).toBeCloseTo(1.5, 6);
});

test('a block in which one arm is missing says nothing about that pair, but is used for the others', () => {
  const model = fitArmBlockModel(cells({ a: [10, 11, 12, undefined], b: [20, 23, 24, 50], c: [5, 5.1, undefined, 7] }));
  expect(model.degreesOfFreedom).toBe(10 - 3 - 4 + 1);
  expect(pairedRatio(model, 'b', 'a')?.blocks).toBe(3);
  expect(pairedRatio(model, 'c', 'a')?.blocks).toBe(2);
  expect(pairedRatio(model, 'b', 'a')?.ratio).toBeCloseTo(Math.cbrt((20 / 10) * (23 / 11) * (24 / 12)), 10);
});

test('the fit with missing cells is that of least squares', () => {
  // a + block 1..3, b in blocks 1 and 2 only: block 3 is explained wholly, the rest is a pair of two blocks.
  const model = fitArmBlockModel(cells({ a: [1, 2, 9], b: [2, 5, undefined] }));
  const differences = [Math.log(2), Math.log(2.5)];
  const mean = ((differences[0] ?? 0) + (differences[1] ?? 0)) / 2;
  const squares = differences.reduce((sum, difference) => sum + (difference - mean) ** 2 / 2, 0);
  expect(model.degreesOfFreedom).toBe(1);
  expect(model.residual).toBeCloseTo(Math.sqrt(squares), 9);
});

test('arms that share no block cannot be compared', () => {
  const model = fitArmBlockModel(cells({ a: [1, 2, undefined, undefined], b: [undefined, undefined, 3, 4] }));
  expect(pairedRatio(model, 'a', 'b')).toBeUndefined();
  expect(model.degreesOfFreedom).toBe(0);
});

test('one block in common is too few', () => {
  expect(pairedRatio(fitArmBlockModel(cells({ a: [1], b: [2] })), 'a', 'b')).toBeUndefined();
});

test.each([
  ['three blocks, nothing missing', 3, 0],
  ['five blocks, every seventh run not valid', 5, 7],
])('the true ratio lies in the interval as often as its level says: %s', (_, blocks, missingEvery) => {
  const random = seededRandom(11);
  let covered = 0;
  let told = 0;
  for (let world = 0; world < 2000; world++) {
    const drawn: Cell[] = [];
    for (let block = 1; block <= blocks; block++) {
      const blockEffect = normal(random);
      for (const [n, arm] of ['a', 'b', 'c', 'd'].entries()) {
        if (missingEvery > 0 && Math.floor(random() * missingEvery) === 0) continue;
        drawn.push({ arm, block, value: Math.exp(n * Math.log(1.2) + blockEffect + 0.1 * normal(random)) });
      }
    }
    const interval = pairedRatio(fitArmBlockModel(drawn), 'c', 'a');
    if (interval === undefined) continue;
    told++;
    if (interval.low <= 1.44 && interval.high >= 1.44) covered++;
  }
  expect(told).toBeGreaterThan(1900);
  expect(covered / told).toBeGreaterThan(0.935);
  expect(covered / told).toBeLessThan(0.965);
});
