import type { ChangeTodoRequest, Todo } from '@holdfast/contracts';
import type { EventOf } from '@holdfast/events';

/** The result of `add`. */
export type AddOutcome = 'added' | 'full';

/** A change of a todo; fields that are left out stay as they are. */
export type TodoChange = ChangeTodoRequest;

/**
 * Stores each user's todos. Every method reads and changes the todos of that one user only. A given event is published if and
 * only if the change was stored; the store in server memory has no transaction for that and publishes nothing.
 */
export abstract class TodoRepository {
  /** Oldest first. */
  abstract list(userId: string): Promise<Todo[]>;
  /** Returns `full` and adds nothing if the user already has `limit`; parallel calls do not exceed it either. */
  abstract add(userId: string, todo: Todo, limit: number, added?: EventOf<'todo.added'>): Promise<AddOutcome>;
  /** Adds the todo unless this was called for the user within the last week, even if that todo was removed since. */
  abstract addFirst(userId: string, todo: Todo, added: EventOf<'todo.added'>): Promise<void>;
  /** Returns the changed todo, or undefined if there is none. Parallel changes of different fields are all kept. */
  abstract change(
    userId: string,
    id: string,
    change: TodoChange,
    completed?: EventOf<'todo.completed'>,
  ): Promise<Todo | undefined>;
  /** Returns false if there was none. */
  abstract remove(userId: string, id: string): Promise<boolean>;
}
