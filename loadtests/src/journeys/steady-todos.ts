import { defineJourney } from './journey.js';
import todos from './todos.js';

export default defineJourney({
  ...todos,
  id: 'steady-todos',
  title:
    'The same as todos, but with at most twenty: then each new one takes the place of the oldest, so that the work stays the same',
  tells: () => ({ mostTodos: 20 }),
});
