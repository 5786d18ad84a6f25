import type { Lever } from '@holdfast/infra';
import { z } from 'zod';
import type { Control, ControlPart, ServerControl } from '../systems/control.js';

/** One thing that the lab can do to a running system: a module of this folder with its id as file name. */
export interface Disturbance<T = unknown> {
  readonly id: string;
  /** The title in plain words, as in a report: `server 2 is killed (kill -9)`. */
  readonly title: string;
  readonly needs: readonly ControlPart[];
  /** The task of the load balancer meanwhile; none when left out. */
  levers?(options: T): readonly Lever[];
  /** The options that the experiment's file gives after the id. */
  readonly options: z.ZodType<T>;
  /** The servers whose users are affected; none when all users are affected alike. */
  targets(options: T): readonly string[];
  /** The parts whose processes it ends: servers, `redis`, `memcached`, `gateway`; none when left out. */
  ends?(options: T): readonly string[];
  /** The longest time that it waits for users before it is done, ms; none when left out. */
  longestWaitMs?(options: T): number;
  /** Resolves when the disturbance is confirmed. */
  disturb(control: Control, options: T): Promise<void>;
  /** Undoes it after the run; resolves when the system is again as this run found it. */
  heal(control: Control, options: T): Promise<void>;
}

/** Checks a disturbance's shape at compile time. */
export function defineDisturbance<T>(disturbance: Disturbance<T>): Disturbance<T> {
  return disturbance;
}

/** `kill: server-2`, `deploy: { drainSeconds: 5 }`, `gateway-restart`: as an experiment's file has it. */
export function asWritten(id: string, options: unknown): string {
  if (options === true) return id;
  if (typeof options !== 'object' || options === null) return `${id}: ${String(options)}`;
  const settings = Object.entries(options).map(([name, value]) => `${name}: ${String(value)}`);
  return `${id}: { ${settings.join(', ')} }`;
}

/** `server-2`. */
export const serverName = z.string().regex(/^server-[1-9]\d?$/, 'Use server-1, server-2 or server-3.');

/** In the place of a server's name: another server in each block, which the plan chooses. */
export const ANY_SERVER = 'server-any';

/** `server-2` or `server-any`. */
export const serverOrAny = z
  .string()
  .regex(
    /^server-([1-9]\d?|any)$/,
    `Use server-1, server-2, server-3, or ${ANY_SERVER} for another one in each block.`,
  );

export function serverOf(control: Control, name: string): ServerControl {
  const server = control.servers.get(name);
  if (server === undefined) throw new Error(`there is no ${name}; there are ${[...control.servers.keys()].join(', ')}`);
  return server;
}

export function memcachedOf(control: Control): NonNullable<Control['memcached']> {
  if (control.memcached === undefined) throw new Error('Memcached is not ours to disturb: unset MEMCACHED_URL');
  return control.memcached;
}

export function redisOf(control: Control): NonNullable<Control['redis']> {
  if (control.redis === undefined) throw new Error('Redis is not ours to disturb: unset REDIS_URL');
  return control.redis;
}
