import { randomUUID } from 'node:crypto';
import type { Todo, User } from '@holdfast/contracts';
import { newEvent } from '@holdfast/events';
import { Problem } from '@holdfast/service';
import { Inject, Injectable } from '@nestjs/common';
import { type TodoChange, TodoRepository } from './todo.repository.js';

/** Injects how many todos a user may have. */
export const MAX_TODOS = Symbol('MAX_TODOS');

/** A user's own todos. Nobody else's id ever matches. */
@Injectable()
export class TodosService {
  constructor(
    @Inject(TodoRepository) private readonly todos: TodoRepository,
    @Inject(MAX_TODOS) private readonly limit: number,
  ) {}

  list(userId: string): Promise<Todo[]> {
    return this.todos.list(userId);
  }

  /** 409 `too_many_todos` at the limit. */
  async add({ id: key, name }: User, title: string): Promise<Todo> {
    const todo = { id: randomUUID(), title, done: false, createdAt: new Date().toISOString() };
    const added = newEvent('todo.added', { key, data: { todoId: todo.id, name } });
    if ((await this.todos.add(key, todo, this.limit, added)) === 'added') return todo;
    throw new Problem(409, 'too_many_todos', `You have ${this.limit} todos, the most there can be. Remove one first.`);
  }

  /** 404 `no_such_todo` */
  async change({ id: key, name }: User, id: string, change: TodoChange): Promise<Todo> {
    const completed = newEvent('todo.completed', { key, data: { todoId: id, name } });
    return (await this.todos.change(key, id, change, change.done === true ? completed : undefined)) ?? notFound();
  }

  /** 404 `no_such_todo` */
  async remove(userId: string, id: string): Promise<void> {
    if (!(await this.todos.remove(userId, id))) notFound();
  }
}

function notFound(): never {
  throw new Problem(404, 'no_such_todo', 'You have no todo with this id.');
}
