import { seededRandom } from '../loads/seeded-random.js';
import type { Journey, StepName } from './journey.js';

/** The user's steps with their times: first the journey's first steps, then steps drawn by weight. The same for the same seed. */
export function drawSteps(
  journey: Journey,
  times: readonly number[],
  seed: number,
  user: number,
): [number, StepName][] {
  const random = seededRandom(seed * 104_729 + user);
  const weights = Object.entries(journey.steps) as [StepName, number][];
  const all = weights.reduce((sum, [, weight]) => sum + weight, 0);
  const draw = (): StepName => {
    let left = random() * all;
    for (const [name, weight] of weights) {
      left -= weight;
      if (left < 0) return name;
    }
    return weights[0]?.[0] ?? 'list';
  };
  return times.map((time, n) => [time, journey.first[n] ?? draw()]);
}
