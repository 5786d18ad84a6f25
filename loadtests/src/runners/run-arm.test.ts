import { expect, test } from '@jest/globals';
import steadyTodos from '../journeys/steady-todos.js';
import todos from '../journeys/todos.js';
import visits from '../journeys/visits.js';
import { partlyOpenSchema } from '../loads/partly-open.js';
import { k6Plan } from './run-arm.js';

const load = partlyOpenSchema.parse({ users: 25, requestsPerUser: '1/s', warmUp: '4s', measure: '60s' });
const lastRequests = (journey: typeof todos): number[] => {
  const plan = k6Plan({ experiment: 'x', block: 1, seed: 1, journey, load }, 'http://localhost', 0);
  return (plan as { steps: [number, string][][] }).steps.map((steps) => steps.at(-1)?.[0] ?? Infinity);
};

test('users stay until the measured time ends, unless their journey says how long', () => {
  expect(Math.min(...lastRequests(todos))).toBeGreaterThan(40_000);
  expect(Math.max(...lastRequests(visits))).toBeLessThan(4_000 + 8_000);
});

test('only users of steady-todos are told to keep so many todos', () => {
  const planOf = (journey: typeof todos) =>
    k6Plan({ experiment: 'x', block: 1, seed: 1, journey, load }, 'http://localhost', 0);
  expect(planOf(steadyTodos)).toMatchObject({ mostTodos: 20 });
  expect(planOf(todos)).not.toHaveProperty('mostTodos');
});
