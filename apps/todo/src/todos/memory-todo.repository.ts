import type { Todo } from '@holdfast/contracts';
import { type AddOutcome, type TodoChange, TodoRepository } from './todo.repository.js';

/**
 * Todos in this process's memory: fast, lost with the process, and invisible to other replicas. A classic app server works like
 * this; it stays here to show the cost.
 */
export class MemoryTodoRepository extends TodoRepository {
  private readonly users = new Map<string, Map<string, Todo>>();
  private readonly hadFirst = new Set<string>();

  async list(userId: string): Promise<Todo[]> {
    return [...(this.users.get(userId)?.values() ?? [])];
  }

  async add(userId: string, todo: Todo, limit: number): Promise<AddOutcome> {
    const todos = this.users.get(userId) ?? new Map<string, Todo>();
    if (todos.size >= limit) return 'full';
    todos.set(todo.id, todo);
    this.users.set(userId, todos);
    return 'added';
  }

  async addFirst(userId: string, todo: Todo): Promise<void> {
    if (this.hadFirst.has(userId)) return;
    this.hadFirst.add(userId);
    await this.add(userId, todo, Number.POSITIVE_INFINITY);
  }

  async change(userId: string, id: string, change: TodoChange): Promise<Todo | undefined> {
    const todo = this.users.get(userId)?.get(id);
    if (todo === undefined) return undefined;
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    const changed = { ...todo, ...Object.fromEntries(given) };
    this.users.get(userId)?.set(id, changed);
    return changed;
  }

  async remove(userId: string, id: string): Promise<boolean> {
    return this.users.get(userId)?.delete(id) ?? false;
  }
}
