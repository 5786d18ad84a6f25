import { expect, test } from '@jest/globals';
import steadyTodos from '../journeys/steady-todos.js';
import todos from '../journeys/todos.js';
import partlyOpen from '../loads/partly-open.js';
import { k6Plan } from './run-arm.js';

const load = partlyOpen.draw(
  partlyOpen.settings.parse({ users: 25, requestsPerUser: '1/s', warmUp: '4s', measure: '60s' }),
);

test('only users of steady-todos are told to keep so many todos', () => {
  const planOf = (journey: typeof todos) =>
    k6Plan({ experiment: 'x', block: 1, seed: 1, journey, load }, 'http://localhost', 0);
  expect(planOf(steadyTodos)).toMatchObject({ mostTodos: 20 });
  expect(planOf(todos)).not.toHaveProperty('mostTodos');
});
