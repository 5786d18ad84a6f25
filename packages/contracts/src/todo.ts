import { z } from 'zod';

/** 1 to 200 characters after trimming, without half of a surrogate pair, which UTF-8 cannot hold. */
export const todoTitleSchema = z
  .string()
  .trim()
  .min(1, 'Give the todo a title.')
  .max(200, 'Use at most 200 characters.')
  .refine((title) => !/\p{Surrogate}/u.test(title), 'Use whole Unicode characters.')
  .meta({ pattern: '\\S' });

export const todoSchema = z.object({
  /** Opaque. */
  id: z.string(),
  title: z.string(),
  done: z.boolean(),
  createdAt: z.iso.datetime(),
});

/** `GET /todos` 200, oldest first */
export const todosAnswerSchema = z.object({ todos: z.array(todoSchema) });

/** `POST /todos`; 201 answers the todo */
export const addTodoRequestSchema = z.strictObject({ title: todoTitleSchema });

/** `PATCH /todos/:id`; 200 answers the todo */
export const changeTodoRequestSchema = z
  .strictObject({ title: todoTitleSchema.optional(), done: z.boolean().optional() })
  .refine(({ title, done }) => title !== undefined || done !== undefined, 'Give title, done, or both.')
  .meta({ minProperties: 1 });

/** The `:id` of a todo. */
export const todoIdParamSchema = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'No such id.') });

export type Todo = z.infer<typeof todoSchema>;
export type TodosAnswer = z.infer<typeof todosAnswerSchema>;
export type AddTodoRequest = z.infer<typeof addTodoRequestSchema>;
export type ChangeTodoRequest = z.infer<typeof changeTodoRequestSchema>;
