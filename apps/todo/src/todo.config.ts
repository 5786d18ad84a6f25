import { envNumber, envPort, eventsEnv, redisEnv, serviceEnv, sessionEnv, sessionSecretsEnv } from '@holdfast/service';
import { secretMistake } from '@holdfast/session';
import { z } from 'zod';

/** The variables that only todo reads. */
export const todoEnv = {
  /** The place of todos: this process's memory, or Redis. */
  TODO_STORE: z.enum(['memory', 'redis'], 'must be memory or redis').default('redis'),
  MAX_TODOS_PER_USER: envNumber('todos', { min: 1, max: 10_000 }).default(500),
} as const;

/** All variables of todo as a process of its own. */
export const todoServiceEnv = z.object({
  ...serviceEnv,
  ...redisEnv,
  ...eventsEnv,
  ...sessionEnv,
  SESSION_SECRETS: sessionSecretsEnv(secretMistake),
  ...todoEnv,
  PORT: envPort.default(3002),
});

const module = z.object({ ...todoEnv, KEY_PREFIX: redisEnv.KEY_PREFIX });

/** The configuration for `TodoModule.forRoot`. */
export type TodoConfig = z.output<typeof module>;
export type TodoServiceConfig = z.output<typeof todoServiceEnv>;
