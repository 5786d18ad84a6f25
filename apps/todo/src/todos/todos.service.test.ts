import { describe, expect, test } from '@jest/globals';
import { MemoryTodoRepository } from './memory-todo.repository.js';
import { TodosService } from './todos.service.js';

const ada = { id: 'ada', name: 'ada' };
const bob = { id: 'bob', name: 'bob' };
const service = (limit = 10) => new TodosService(new MemoryTodoRepository(), limit);

describe('TodosService', () => {
  test('gives each todo an id without meaning', async () => {
    const todos = service();
    const [first, second] = [await todos.add(ada, { title: 'tea' }), await todos.add(ada, { title: 'tea' })];
    expect(first.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.id).not.toBe(second.id);
  });

  test('reports too many todos', async () => {
    const todos = service(1);
    await todos.add(ada, { title: 'tea' });
    await expect(todos.add(ada, { title: 'milk' })).rejects.toMatchObject({ status: 409, code: 'too_many_todos' });
    await expect(todos.add(bob, { title: 'milk' })).resolves.toMatchObject({ title: 'milk', done: false });
  });

  test('does not find the todos of others', async () => {
    const todos = service();
    const { id } = await todos.add(ada, { title: 'tea' });
    await expect(todos.change(bob, id, { done: true })).rejects.toMatchObject({ status: 404, code: 'no_such_todo' });
    await expect(todos.remove('bob', id)).rejects.toMatchObject({ status: 404, code: 'no_such_todo' });
  });
});
