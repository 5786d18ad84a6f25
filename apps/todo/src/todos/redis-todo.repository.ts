import { type Todo, todoSchema } from '@holdfast/contracts';
import { type EventOf, Outbox, outboxLua } from '@holdfast/events';
import type { Redis } from 'ioredis';
import { type AddOutcome, type TodoChange, TodoRepository } from './todo.repository.js';

/** A repeated event comes within seconds, or within a week if its handler was broken that long. */
const FIRST_KNOWN_SECONDS = 7 * 86_400;

/** What the contract says of a todo, so that a new field is stored without a change here. */
const { id: _, ...shape } = todoSchema.shape;
const ATTRIBUTES = Object.keys(shape) as (keyof typeof shape)[];
const ALL = ATTRIBUTES.map((attribute) => `id .. ':${attribute}'`).join(', ');

// One hash per user: field <id>:<attribute>. The fields of a todo are written separately, so that parallel changes do not
// collide; `n` numbers the todos in the order they were added.
const ADD = `
if KEYS[3] and not redis.call('SET', KEYS[3], 1, 'NX', 'EX', ${FIRST_KNOWN_SECONDS}) then return 1 end
local size = tonumber(redis.call('HGET', KEYS[1], 'size') or 0)
if size >= tonumber(ARGV[1]) then return 0 end
redis.call('HINCRBY', KEYS[1], 'size', 1)
local order = redis.call('HINCRBY', KEYS[1], 'next', 1)
local id = ARGV[2]
redis.call('HSET', KEYS[1], id .. ':n', order)
for i = 4, #ARGV, 2 do redis.call('HSET', KEYS[1], id .. ':' .. ARGV[i], ARGV[i + 1]) end
if ARGV[3] ~= '' then ${outboxLua('KEYS[2]', 'ARGV[3]')} end
return 1`;

const CHANGE = `
local id = ARGV[1]
if redis.call('HEXISTS', KEYS[1], id .. ':n') == 0 then return false end
local wasDone = redis.call('HGET', KEYS[1], id .. ':done')
for i = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], id .. ':' .. ARGV[i], ARGV[i + 1]) end
if ARGV[2] ~= '' and wasDone == '0' and redis.call('HGET', KEYS[1], id .. ':done') == '1' then
  ${outboxLua('KEYS[2]', 'ARGV[2]')}
end
return redis.call('HMGET', KEYS[1], ${ALL})`;

const REMOVE = `
local id = ARGV[1]
if redis.call('HDEL', KEYS[1], id .. ':n', ${ALL}) == 0 then return 0 end
if redis.call('HINCRBY', KEYS[1], 'size', -1) == 0 then redis.call('DEL', KEYS[1]) end
return 1`;

/**
 * Todos in Redis, `<prefix>todo:list:<user id>`: every replica sees them, and they outlive all of them. On a Cluster the key has the
 * hash tag of the stream that the user's events go to.
 */
export class RedisTodoRepository extends TodoRepository {
  private readonly outbox: Outbox;

  constructor(
    private readonly redis: Redis,
    prefix: string,
  ) {
    super();
    this.outbox = new Outbox(redis, prefix);
  }

  async list(userId: string): Promise<Todo[]> {
    const fields = await this.redis.hgetall(this.key(userId));
    return Object.entries(fields)
      .filter(([field]) => field.endsWith(':n'))
      .sort(([, a], [, b]) => Number(a) - Number(b))
      .map(([field]) => {
        const id = field.slice(0, -2);
        return toTodo(
          id,
          ATTRIBUTES.map((attribute) => fields[`${id}:${attribute}`]),
        );
      });
  }

  async add(userId: string, todo: Todo, limit: number, added?: EventOf<'todo.added'>): Promise<AddOutcome> {
    return this.addTo(this.keys(userId), todo, limit, text(added));
  }

  async addFirst(userId: string, todo: Todo, added: EventOf<'todo.added'>): Promise<void> {
    const keys = [...this.keys(userId), this.keyOf('first', userId)];
    await this.addTo(keys, todo, Number.MAX_SAFE_INTEGER, text(added));
  }

  private async addTo(keys: readonly string[], todo: Todo, limit: number, added: string): Promise<AddOutcome> {
    const { id, ...fields } = todo;
    const outcome = await this.redis.eval(ADD, keys.length, ...keys, limit, id, added, ...pairs(fields));
    return outcome === 1 ? 'added' : 'full';
  }

  async change(
    userId: string,
    id: string,
    change: TodoChange,
    completed?: EventOf<'todo.completed'>,
  ): Promise<Todo | undefined> {
    const changed = await this.redis.eval(CHANGE, 2, ...this.keys(userId), id, text(completed), ...pairs(change));
    return Array.isArray(changed) ? toTodo(id, changed) : undefined;
  }

  async remove(userId: string, id: string): Promise<boolean> {
    return (await this.redis.eval(REMOVE, 1, this.key(userId), id)) === 1;
  }

  private keys(userId: string): [string, string] {
    return [this.key(userId), this.outbox.key(userId)];
  }

  private key(userId: string): string {
    return this.keyOf('list', userId);
  }

  private keyOf(what: 'list' | 'first', userId: string): string {
    return `${this.outbox.prefix}todo:${what}:${this.outbox.tag(userId)}${userId}`;
  }
}

function text(event: EventOf<'todo.added' | 'todo.completed'> | undefined): string {
  return event === undefined ? '' : JSON.stringify(event);
}

/** Fields and values for HSET: text as it is, true and false as 1 and 0; what is undefined stays as it was. */
function pairs(fields: Readonly<Record<string, string | boolean | undefined>>): string[] {
  return Object.entries(fields).flatMap(([attribute, value]) => {
    if (value === undefined) return [];
    return [attribute, typeof value === 'string' ? value : value ? '1' : '0'];
  });
}

/** `values` in the order of {@link ATTRIBUTES}; what a todo does not have is null or undefined. */
function toTodo(id: string, values: readonly unknown[]): Todo {
  const fields = ATTRIBUTES.flatMap((attribute, n) => {
    const value = values[n] ?? undefined;
    if (value === undefined) return [];
    return [[attribute, shape[attribute].safeParse(true).success ? value === '1' : value]];
  });
  return todoSchema.parse({ id, ...Object.fromEntries(fields) });
}
