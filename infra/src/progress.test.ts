import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { withProgress } from './progress.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const lasting = (ms: number) => () => new Promise<string>((resolve) => setTimeout(() => resolve('done'), ms));

test('a quick step says nothing', async () => {
  const lines: string[] = [];
  const step = withProgress('a step', (line) => lines.push(line), lasting(1900));
  await jest.advanceTimersByTimeAsync(1900);
  expect(await step).toBe('done');
  expect(lines).toEqual([]);
});

test('a step of more than two seconds is announced, reminded of and confirmed', async () => {
  const lines: string[] = [];
  const step = withProgress('a step', (line) => lines.push(line), lasting(12_500));
  await jest.advanceTimersByTimeAsync(12_500);
  await step;
  expect(lines).toEqual(['… a step', '… a step (10 s so far)', '✓ a step (13 s)']);
});
