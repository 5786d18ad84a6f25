import type { Asked } from '../bridge/messages.js';
import { afterAnswer, afterDeed, NOWHERE, type SessionPlace } from '../story/session-place.js';

/** A process that ended, and when it was seen. */
export interface Death {
  readonly kind: 'death';
  readonly at: number;
  readonly id: string;
}

/** The affinity cookie was dropped or edited: whom it names is unknown until the next answer. */
export interface CookieChange {
  readonly kind: 'cookie';
  readonly at: number;
}

/** One browser's session as a thing: where it is and what became of it. Null is unknown. */
export interface SessionObject {
  readonly place: SessionPlace;
  readonly owner: string | null;
  /** Wall-clock milliseconds of the login; null when that was before this page was opened. */
  readonly createdAt: number | null;
  readonly lastReader: { readonly server: string; readonly at: number } | null;
  readonly key: string | null;
  /** The server that last looked for it and did not find it; null once another one did. */
  readonly missedBy: string | null;
  /** It is no more, and why. */
  readonly end: 'logout' | 'ended' | 'expired' | 'missing' | 'forgotten' | null;
  /** The servers that the affinity cookie names, one for each app, as far as answers have shown; null: it was changed since. */
  readonly bound: readonly string[] | null;
  /** Todos that each place acknowledged and still has: a server's id, or the store. */
  readonly todos: ReadonlyMap<string, number>;
}

const NO_SESSION: SessionObject = {
  ...{ place: NOWHERE, owner: null, createdAt: null, lastReader: null, key: null, missedBy: null, end: null },
  ...{ bound: [], todos: new Map() },
};

/** Whatever of these works makes a new session. */
const LOGINS = new Set(['/auth/register', '/auth/login', '/auth/login/second-factor']);

const ENDS: Readonly<Record<string, SessionObject['end']>> = {
  ...{ session_ended: 'ended', session_revoked: 'ended', session_expired: 'expired', unauthenticated: 'forgotten' },
};

/** Follows a session through its client's requests, the ends of servers and changes of its cookie. `todosIn` says where servers keep todos. */
export function sessionObject(
  asked: readonly Asked[],
  others: readonly (Death | CookieChange)[],
  todosIn: 'memory' | 'redis',
): SessionObject {
  const events = [...asked, ...others].sort((a, b) => a.at - b.at);
  return events.reduce(
    (object, event) => ('kind' in event ? afterEvent(object, event) : afterRequest(object, event, todosIn)),
    NO_SESSION,
  );
}

function afterEvent(object: SessionObject, event: Death | CookieChange): SessionObject {
  return event.kind === 'death' ? afterDeath(object, event) : { ...object, bound: null };
}

function afterDeath(object: SessionObject, { id }: Death): SessionObject {
  // Redis keeps its data over its end; Memcached begins empty.
  if (id === 'redis') return object;
  const todos = new Map(object.todos);
  todos.delete(id);
  const isLost = id === 'memcached' && object.place.at === 'memcached';
  const place: SessionPlace = isLost ? { ...object.place, at: 'gone' } : afterDeed(object.place, { ends: [id] });
  return { ...object, place, todos };
}

function afterRequest(before: SessionObject, asked: Asked, todosIn: 'memory' | 'redis'): SessionObject {
  const { path, status, servedBy } = asked;
  const worked = status !== null && status < 400;
  if (worked && path === '/auth/logout') return { ...NO_SESSION, bound: before.bound, end: 'logout' };
  const isLogin = worked && LOGINS.has(path);
  const object = isLogin ? { ...NO_SESSION, bound: before.bound, createdAt: asked.at } : before;
  if (status === 401) return afterRefusal(object, asked);
  if (!worked || servedBy === null) return object;
  const isRead = asked.session?.endsWith(';read') === true;
  return {
    ...object,
    place: afterAnswer(asReadIn(object.place, asked), asked),
    owner: asked.user ?? object.owner,
    key: asked.sessionKey ?? object.key,
    lastReader: isRead ? { server: servedBy, at: asked.at } : object.lastReader,
    missedBy: isRead ? null : object.missedBy,
    // Another tab may have logged in.
    end: null,
    bound: boundAfter(object.bound, servedBy),
    todos: todosAfter(object.todos, asked, todosIn === 'memory' ? servedBy : 'redis'),
  };
}

/** A session that was there before this page is found by its first reading. */
function asReadIn(place: SessionPlace, { session, servedBy }: Asked): SessionPlace {
  return session === 'memory;read' && servedBy !== null ? { ...place, at: { server: servedBy } } : place;
}

function afterRefusal(object: SessionObject, { code, servedBy }: Asked): SessionObject {
  const { at } = object.place;
  // A server speaks for the store that all share, and for nobody's memory but its own.
  const isMissing = code === 'session_unknown' && (at === 'redis' || at === 'memcached');
  const end = isMissing ? 'missing' : (ENDS[code ?? ''] ?? null);
  if (end !== null) return { ...NO_SESSION, bound: object.bound, end };
  return { ...object, missedBy: code === 'session_unknown' ? servedBy : object.missedBy };
}

function boundAfter(bound: SessionObject['bound'], server: string): readonly string[] {
  const app = (id: string) => id.replace(/-\d+$/, '');
  return [...(bound ?? []).filter((id) => app(id) !== app(server)), server].sort();
}

function todosAfter(todos: SessionObject['todos'], { method, path }: Asked, place: string): SessionObject['todos'] {
  const change =
    method === 'POST' && path === '/todos' ? 1 : method === 'DELETE' && path.startsWith('/todos/') ? -1 : 0;
  return change === 0 ? todos : new Map(todos).set(place, Math.max(0, (todos.get(place) ?? 0) + change));
}
