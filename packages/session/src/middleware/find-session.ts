import { readSids, type SignedSid } from '../cookie/session-cookie.js';
import type { SessionKey } from '../store/keyspace.js';
import type { Lookup } from '../store/session-record.js';
import type { SessionEngine } from './session-engine.js';

/** The store's answer for the sid of a request's cookie. */
export interface FoundSession {
  readonly signed: SignedSid;
  readonly key: SessionKey;
  readonly lookup: Lookup;
}

type Engine = Pick<SessionEngine, 'options' | 'keys' | 'reader'>;

/**
 * Looks up the session of a Cookie header: the first session cookie that names a live session, or else the first that
 * one of our keys signed. Undefined, without asking the store, when there is none. No promise when the near cache has the session.
 */
export function findSession(
  engine: Engine,
  header: string | undefined,
  safe: boolean,
): FoundSession | Promise<FoundSession> | undefined {
  const [first, ...others] = readSids(header, engine.options);
  if (first === undefined) return undefined;
  const found = look(engine, first, safe);
  if (others.length === 0) return found;
  return firstLive(engine, found, others, safe);
}

function look(engine: Engine, signed: SignedSid, safe: boolean): FoundSession | Promise<FoundSession> {
  const key = engine.keys.session(signed.sid);
  const lookup = engine.reader.read(key, safe);
  if (lookup instanceof Promise) return lookup.then((reply) => ({ signed, key, lookup: reply }));
  return { signed, key, lookup };
}

async function firstLive(
  engine: Engine,
  first: FoundSession | Promise<FoundSession>,
  others: readonly SignedSid[],
  safe: boolean,
): Promise<FoundSession> {
  const found = await first;
  if (found.lookup.state === 'live') return found;
  for (const signed of others) {
    const other = await look(engine, signed, safe);
    if (other.lookup.state === 'live') return other;
  }
  return found;
}
