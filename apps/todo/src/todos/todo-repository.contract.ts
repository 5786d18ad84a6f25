import type { Todo } from '@holdfast/contracts';
import { newEvent } from '@holdfast/events';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { TodoRepository } from './todo.repository.js';

const LIMIT = 50;
const todo = (number: number): Todo => ({
  id: `t${number}`,
  title: `todo ${number}`,
  done: false,
  createdAt: '2026-11-21T00:00:00.000Z',
});

/** The contract of every adapter of `TodoRepository`. */
export function todoRepositoryContract(adapter: string, open: () => TodoRepository | Promise<TodoRepository>): void {
  describe(`${adapter} keeps todos`, () => {
    let todos: TodoRepository;

    beforeEach(async () => {
      todos = await open();
    });

    test('lists them in the order they were added', async () => {
      for (const number of [3, 1, 2]) await todos.add('ada', todo(number), LIMIT);
      expect(await todos.list('ada')).toEqual([todo(3), todo(1), todo(2)]);
    });

    test('keeps users apart', async () => {
      await todos.add('ada', todo(1), LIMIT);
      expect(await todos.list('bob')).toEqual([]);
      expect(await todos.change('bob', 't1', { done: true })).toBeUndefined();
      expect(await todos.remove('bob', 't1')).toBe(false);
      expect(await todos.list('ada')).toEqual([todo(1)]);
    });

    test('changes the given fields and keeps the rest', async () => {
      await todos.add('ada', todo(1), LIMIT);
      expect(await todos.change('ada', 't1', { done: true })).toEqual({ ...todo(1), done: true });
      expect(await todos.change('ada', 't1', { title: 'tea' })).toEqual({ ...todo(1), title: 'tea', done: true });
      expect(await todos.list('ada')).toEqual([{ ...todo(1), title: 'tea', done: true }]);
    });

    test('keeps changes of different fields at once', async () => {
      await todos.add('ada', todo(1), LIMIT);
      await Promise.all([todos.change('ada', 't1', { done: true }), todos.change('ada', 't1', { title: 'tea' })]);
      expect(await todos.list('ada')).toEqual([{ ...todo(1), title: 'tea', done: true }]);
    });

    test('changes and removes only existing todos', async () => {
      expect(await todos.change('ada', 't1', { done: true })).toBeUndefined();
      expect(await todos.remove('ada', 't1')).toBe(false);
      await todos.add('ada', todo(1), LIMIT);
      expect(await todos.remove('ada', 't1')).toBe(true);
      expect(await todos.change('ada', 't1', { done: true })).toBeUndefined();
      expect(await todos.list('ada')).toEqual([]);
    });

    test('is not confused by ids made of its own words', async () => {
      await todos.add('ada', todo(1), LIMIT);
      for (const id of ['size', 'next', 't1:n', '__proto__', '']) {
        expect(await todos.change('ada', id, { done: true })).toBeUndefined();
        expect(await todos.remove('ada', id)).toBe(false);
      }
      expect(await todos.list('ada')).toEqual([todo(1)]);
    });

    test('keeps any text as it is', async () => {
      const title = '<script>alert(1)</script> "\u0001\n🙂';
      await todos.add('ada', { ...todo(1), title }, LIMIT);
      expect((await todos.list('ada'))[0]?.title).toBe(title);
    });

    test('never holds more than the limit, with any number of parallel additions, and has room again after a removal', async () => {
      const outcomes = await Promise.all(Array.from({ length: 9 }, (_, i) => todos.add('ada', todo(i), 5)));
      expect(outcomes.filter((outcome) => outcome === 'added')).toHaveLength(5);
      const [first] = await todos.list('ada');
      await todos.remove('ada', first?.id ?? '');
      expect(await todos.add('ada', todo(100), 5)).toBe('added');
      expect(await todos.add('ada', todo(101), 5)).toBe('full');
      expect(await todos.list('ada')).toHaveLength(5);
    });

    test('adds a first todo once, even if it was removed meanwhile', async () => {
      const event = newEvent('todo.added', { key: 'ada', data: { todoId: 't1', name: 'ada' } });
      await Promise.all([1, 2, 3].map((number) => todos.addFirst('ada', todo(number), event)));
      const [first, ...others] = await todos.list('ada');
      expect(others).toEqual([]);
      await todos.remove('ada', first?.id ?? '');
      await todos.addFirst('ada', todo(4), event);
      expect(await todos.list('ada')).toEqual([]);
      await todos.addFirst('bob', todo(1), event);
      expect(await todos.list('bob')).toEqual([todo(1)]);
    });

    test('loses no todo of parallel additions', async () => {
      await Promise.all(Array.from({ length: 50 }, (_, i) => todos.add('ada', todo(i), LIMIT)));
      expect(new Set((await todos.list('ada')).map(({ id }) => id)).size).toBe(50);
    });
  });
}
