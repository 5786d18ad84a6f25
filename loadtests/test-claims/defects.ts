import { setTimeout as delay } from 'node:timers/promises';
import type { Answered, Ask, Asked, Defect } from './faulty-server.js';

const EVERY_TENTH = 10;
const PATIENCE_MS = 10_000;

/** Answers every request rightly. */
export function hasNoDefect(): Defect {
  return (asked, ask) => ask(asked);
}

/** A chat message that somebody else said: whoever said it still sees it. */
export function isOfSomebodyElse(frame: string, sent: readonly string[]): boolean {
  const { type, message } = JSON.parse(frame) as { type: string; message?: { text: string } };
  return type === 'message' && !sent.some((own) => (JSON.parse(own) as { text?: string }).text === message?.text);
}

/** Answers every tenth new todo with 201 and throws it away. */
export function forgetsEveryTenthTodo(): Defect {
  let added = 0;
  return async (asked, ask) => {
    const answered = await ask(asked);
    if (isAdded(asked, answered) && ++added % EVERY_TENTH === 0) await ask(removalOf(asked, answered));
    return answered;
  };
}

/** Does not find the session of every n-th request that has one. */
export function losesEveryNthLogin(n: number): Defect {
  let seen = 0;
  return (asked, ask) => {
    const { cookie: _, ...headers } = asked.headers;
    const loses = asked.headers.cookie !== undefined && ++seen % n === 0;
    return ask(loses ? { ...asked, headers } : asked);
  };
}

export function isSlowBy(ms: number): Defect {
  return async (asked, ask) => {
    await delay(ms);
    return ask(asked);
  };
}

/** Answers `GET /auth/me` with what the user before was answered. */
export function answersForTheUserBefore(): Defect {
  let before: Answered | undefined;
  return async (asked, ask) => {
    const answered = await ask(asked);
    if (asked.path !== '/auth/me' || answered.status !== 200) return answered;
    const body = before?.body ?? answered.body;
    before = answered;
    return { ...answered, body };
  };
}

/** Goes on to answer `GET /auth/me` for a session that it has once answered for, as server memory does. */
export function knowsSessionsForEver(): Defect {
  const known = new Map<string, Answered>();
  return async (asked, ask) => {
    const answered = await ask(asked);
    if (asked.path !== '/auth/me') return answered;
    const cookie = asked.headers.cookie ?? '';
    if (answered.status === 200) known.set(cookie, answered);
    return answered.status === 401 ? (known.get(cookie) ?? answered) : answered;
  };
}

/** A store whose last second can be lost: every server in front of it tells it what was added. */
export class ForgetfulStore {
  private readonly added: { readonly atMs: number; readonly remove: () => Promise<Answered> }[] = [];

  readonly defect: Defect = async (asked, ask) => {
    const answered = await ask(asked);
    if (isAdded(asked, answered)) this.added.push({ atMs: Date.now(), remove: () => ask(removalOf(asked, answered)) });
    return answered;
  };

  /** Resolves with how many todos of the second before are gone. */
  async loseLastSecond(beforeMs: number): Promise<number> {
    const lost = this.added.filter(({ atMs }) => atMs > beforeMs - 1_000 && atMs <= beforeMs);
    const gone = await Promise.all(lost.map(({ remove }) => untilGone(remove)));
    return gone.filter(Boolean).length;
  }
}

/** Servers that share a copy of todos beside the store: every tenth new todo is there and not in the store. */
export class CopyBesideTheStore {
  private added = 0;
  private readonly copies: { readonly cookie: string; readonly todo: { readonly id: string } }[] = [];

  readonly defect: Defect = async (asked, ask) => {
    const answered = await ask(asked);
    const cookie = asked.headers.cookie ?? '';
    const mine = this.copies.filter((copy) => copy.cookie === cookie).map(({ todo }) => todo);
    if (isAdded(asked, answered) && ++this.added % EVERY_TENTH === 0) {
      this.copies.push({ cookie, todo: JSON.parse(answered.body.toString()) });
      await ask(removalOf(asked, answered));
    }
    if (asked.method === 'GET' && asked.path === '/todos' && answered.status === 200) {
      const { todos } = JSON.parse(answered.body.toString()) as { todos: object[] };
      return { ...answered, body: Buffer.from(JSON.stringify({ todos: [...todos, ...mine] })) };
    }
    const ticked = mine.find(({ id }) => asked.method === 'PATCH' && asked.path === `/todos/${id}`);
    if (ticked === undefined) return answered;
    return { ...answered, status: 200, body: Buffer.from(JSON.stringify({ ...ticked, done: true })) };
  };
}

function isAdded({ method, path }: Asked, { status }: Answered): boolean {
  return method === 'POST' && path === '/todos' && status === 201;
}

function removalOf({ headers }: Asked, { body }: Answered): Asked {
  const { 'content-length': _, 'content-type': __, ...kept } = headers;
  const { id } = JSON.parse(body.toString()) as { id: string };
  return { method: 'DELETE', path: `/todos/${id}`, headers: kept, body: Buffer.alloc(0) };
}

/** A store that has just come back refuses at first. */
async function untilGone(remove: () => ReturnType<Ask>): Promise<boolean> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const { status } = await remove().catch(() => ({ status: 0 }));
    if (status === 204 || status === 404) return true;
    await delay(50);
  }
  return false;
}
