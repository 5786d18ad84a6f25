import { z } from 'zod';

export const userAnswer = z.object({ user: z.object({ id: z.string(), name: z.string() }) });
export const todo = z.object({ id: z.string(), title: z.string(), done: z.boolean() });
export type Todo = z.infer<typeof todo>;
export const todoList = z.object({ todos: z.array(todo) });
export const problem = z.object({ title: z.string(), code: z.string(), detail: z.string().optional() });
/** The content of a 204. */
export const nothing = z.undefined();
