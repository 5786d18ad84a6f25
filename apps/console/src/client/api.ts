import {
  activityAnswerSchema,
  devicesAnswerSchema,
  todoSchema,
  todosAnswerSchema,
  userAnswerSchema,
} from '@holdfast/contracts';
import { z } from 'zod';
import type { RequestEntry } from '../request/request-entry.js';
import { exchange } from './exchange.js';

/** What a call came back with. `servedBy` is the destination that answered, null when none did. */
export type Answer<T> =
  | { readonly ok: true; readonly status: number; readonly servedBy: string | null; readonly body: T }
  | {
      readonly ok: false;
      /** Null when there was no answer at all. */
      readonly status: number | null;
      readonly servedBy: string | null;
      /** Why the gateway chose that server; null where it did not say. */
      readonly reason: string | null;
      readonly code: string;
      readonly detail: string;
    };

export type Api = ReturnType<typeof createApi>;

/** The content of a 204. */
const nothing = z.undefined();

let nextId = 1;

/** The typed client of one scenario. Every request is told to `record`, whatever becomes of it; no call ever throws. */
export function createApi(
  record: (entry: RequestEntry) => void,
  fetchFrom: typeof fetch = (...args) => fetch(...args),
) {
  async function call<T>(method: string, path: string, shape: z.ZodType<T>, body?: unknown): Promise<Answer<T>> {
    const at = Date.now();
    const startedAt = performance.now();
    const { answer, ...said } = await exchange(fetchFrom, { method, path, body }, shape);
    record({
      id: nextId++,
      at,
      method,
      path,
      status: answer.status,
      code: answer.ok ? null : answer.code,
      servedBy: answer.servedBy,
      ...said,
      durationMs: performance.now() - startedAt,
    });
    return answer;
  }

  return {
    register: (account: { username: string; password: string }) =>
      call('POST', '/auth/register', userAnswerSchema, account),
    login: (account: { username: string; password: string }) => call('POST', '/auth/login', userAnswerSchema, account),
    logout: () => call('POST', '/auth/logout', nothing),
    todos: () => call('GET', '/todos', todosAnswerSchema),
    addTodo: (title: string) => call('POST', '/todos', todoSchema, { title }),
    setDone: (id: string, done: boolean) => call('PATCH', `/todos/${encodeURIComponent(id)}`, todoSchema, { done }),
    removeTodo: (id: string) => call('DELETE', `/todos/${encodeURIComponent(id)}`, nothing),
    devices: () => call('GET', '/auth/sessions', devicesAnswerSchema),
    endDevice: (id: string) => call('DELETE', `/auth/sessions/${encodeURIComponent(id)}`, nothing),
    endOtherDevices: () => call('DELETE', '/auth/sessions', nothing),
    activity: () => call('GET', '/auth/activity?limit=20', activityAnswerSchema),
    changePassword: (change: { current: string; next: string; endOtherSessions: boolean }) =>
      call('POST', '/auth/password', nothing, change),
  };
}
