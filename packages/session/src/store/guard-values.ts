import type { ServerResponse } from 'node:http';
import type { Request } from 'express';
import type { Store } from 'express-session';
import { reportError } from '../errors/report-error.js';
import { holdResponse } from '../http/hold-response.js';
import { storedText } from './attribute-text.js';
import type { Serializer } from './serializer.js';

const GUARDED = Symbol('guarded session values');

type Guardable = ServerResponse & { [GUARDED]?: true };
type Done = (error?: unknown) => void;
type Generate = (req: Request) => void;

/**
 * Guards every session that express-session makes for this store. Needed because express-session assigns
 * `store.generate` itself, when its middleware is made.
 */
export function guardGenerated(store: Store, serializer: Serializer): void {
  let generate: Generate = () => undefined;
  Object.defineProperty(store, 'generate', {
    configurable: true,
    enumerable: true,
    get: () => (req: Request) => {
      generate(req);
      guardValues(req, serializer);
    },
    set: (given: Generate) => {
      generate = given;
    },
  });
}

/**
 * Answers 500 to a request that put a value into `req.session` that cannot be stored, and stores nothing of it.
 *
 * express-session compares sessions by JSON.stringify, within `res.end` and when the head is written. A value that throws
 * there leaves the request without an answer, or ends the process. So the values are checked before the response
 * leaves and before `save`, and the session gives JSON.stringify only values that it can take. Holding the response back
 * needs Express, which sets `req.res` and `req.next`.
 */
export function guardValues(req: Request, serializer: Serializer): void {
  const { session } = req;
  const save = session.save.bind(session);
  hide(session, 'toJSON', withoutUnstorable);
  hide(session, 'save', (done?: Done) => {
    const mistake = findUnstorable(session, serializer);
    if (mistake === undefined) save((error) => callBack(req, done, error));
    else setImmediate(() => callBack(req, done, mistake));
    return session;
  });
  const res = req.res as Guardable | undefined;
  if (res === undefined || res[GUARDED]) return;
  res[GUARDED] = true;
  // Without a session id express-session neither stores the session nor sends a cookie.
  const giveUp = () => {
    Object.assign(req, { sessionID: undefined });
  };
  holdResponse(res, {
    commit: () => {
      const mistake = req.sessionID === undefined ? undefined : findUnstorable(req.session, serializer);
      return mistake === undefined ? undefined : Promise.reject(mistake);
    },
    refuse: (error) => {
      giveUp();
      req.next?.(error);
    },
    lost: (error) => {
      giveUp();
      reportError('A session was not stored as its request left it', error);
    },
  });
}

function hide(session: object, name: string, value: unknown): void {
  Object.defineProperty(session, name, { value, configurable: true, writable: true });
}

/** A callback that throws fails its request; it does not end the process. */
function callBack(req: Request, done: Done | undefined, error: unknown): void {
  try {
    done?.(error);
  } catch (thrown) {
    if (req.next === undefined) throw thrown;
    req.next(thrown);
  }
}

function withoutUnstorable(this: Record<string, unknown>): Record<string, unknown> {
  const refused = Object.keys(this).filter((name) => findMistake(this, name, JSON) !== undefined);
  if (refused.length === 0) return this;
  return Object.fromEntries(Object.keys(this).flatMap((name) => (refused.includes(name) ? [] : [[name, this[name]]])));
}

function findUnstorable(session: unknown, serializer: Serializer): unknown {
  if (typeof session !== 'object' || session === null) return undefined;
  const values = session as Record<string, unknown>;
  for (const name of Object.keys(values)) {
    const mistake = findMistake(values, name, serializer);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

function findMistake(values: Record<string, unknown>, name: string, serializer: Serializer): unknown {
  // The store writes the cookie by itself.
  if (name === 'cookie') return undefined;
  try {
    storedText(values, name, serializer);
    return undefined;
  } catch (error) {
    return error;
  }
}
