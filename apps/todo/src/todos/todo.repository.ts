import type { Todo } from '@holdfast/contracts';
import type { EventOf } from '@holdfast/events';

/** What `add` can come to. */
export type AddOutcome = 'added' | 'full';

/** What may be changed of a todo; what is left out stays. */
export interface TodoChange {
  readonly title?: string | undefined;
  readonly done?: boolean | undefined;
}

/**
 * Where each user's todos are kept. Every method sees and changes the todos of that one user only. An event that is given is
 * told to the other services exactly if what it says happened; server memory has no transaction to tell it in, and does not.
 */
export abstract class TodoRepository {
  /** Oldest first. */
  abstract list(userId: string): Promise<Todo[]>;
  /** `full`, and nothing added, if the user already has `limit`; never exceeded, however many are added at once. */
  abstract add(userId: string, todo: Todo, limit: number, added?: EventOf<'todo.added'>): Promise<AddOutcome>;
  /** Adds the todo if this was not called for the user in the last week, whatever has become of the todo since. */
  abstract addFirst(userId: string, todo: Todo, added: EventOf<'todo.added'>): Promise<void>;
  /** The todo as it now is, or undefined if there is none. Changes of different fields at once are all kept. */
  abstract change(
    userId: string,
    id: string,
    change: TodoChange,
    completed?: EventOf<'todo.completed'>,
  ): Promise<Todo | undefined>;
  /** False if there was none. */
  abstract remove(userId: string, id: string): Promise<boolean>;
}
