import { randomUUID } from 'node:crypto';
import type { AddTodoRequest, Todo, User } from '@holdfast/contracts';
import { newEvent } from '@holdfast/events';
import { currentRequest, Problem } from '@holdfast/service';
import { Inject, Injectable } from '@nestjs/common';
import { type TodoChange, TodoRepository } from './todo.repository.js';

/** Injects the most todos of a user. */
export const MAX_TODOS = Symbol('MAX_TODOS');

/** The todos of one user. The id of another user's todo never matches. */
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
  async add({ id: key, name }: User, request: AddTodoRequest): Promise<Todo> {
    const todo = newTodo(request);
    const added = newEvent('todo.added', { key, data: { todoId: todo.id, name }, ...currentRequest() });
    if ((await this.todos.add(key, todo, this.limit, added)) === 'added') return todo;
    throw new Problem(
      409,
      'too_many_todos',
      `You have ${this.limit} todos, the most a user may have. Remove one first.`,
    );
  }

  /** Adds the first todo of a new user: once, even if called again. */
  async addFirst({ id: key, name }: User): Promise<void> {
    const todo = newTodo({ title: 'Tick me off: the lobby will hear that you finished a todo' });
    await this.todos.addFirst(
      key,
      todo,
      newEvent('todo.added', { key, data: { todoId: todo.id, name }, ...currentRequest() }),
    );
  }

  /** 404 `no_such_todo` */
  async change({ id: key, name }: User, id: string, change: TodoChange): Promise<Todo> {
    const completed = newEvent('todo.completed', { key, data: { todoId: id, name }, ...currentRequest() });
    return (await this.todos.change(key, id, change, change.done === true ? completed : undefined)) ?? notFound();
  }

  /** 404 `no_such_todo` */
  async remove(userId: string, id: string): Promise<void> {
    if (!(await this.todos.remove(userId, id))) notFound();
  }
}

function newTodo(request: AddTodoRequest): Todo {
  return { ...request, id: randomUUID(), done: false, createdAt: new Date().toISOString() };
}

function notFound(): never {
  throw new Problem(404, 'no_such_todo', 'You have no todo with this id.');
}
