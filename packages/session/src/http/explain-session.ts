import type { ServerResponse } from 'node:http';
import type { SessionStoreKind } from '../session-options.js';

/** The content of `x-session`: where the session of a request was looked for last, and the outcome. */
export interface SessionExplanation {
  readonly from: 'memory' | 'redis' | 'near-cache' | 'memcached';
  /** `written`: this request changed, created or ended it. `missing`: there was none. */
  readonly outcome: 'read' | 'written' | 'missing';
  /** The session's key in Redis, made by a hash that cannot be turned back into the sid. Undefined where a key would tell the sid. */
  readonly key?: string | undefined;
}

const ORIGINS: Readonly<Record<SessionStoreKind, SessionExplanation['from']>> = {
  memory: 'memory',
  'connect-redis': 'redis',
  memcached: 'memcached',
  redis: 'redis',
  cached: 'near-cache',
};

/** The place where a store looks first. */
export function originOf(store: SessionStoreKind): SessionExplanation['from'] {
  return ORIGINS[store];
}

/**
 * Adds `x-session: <from>;<outcome>`, and `x-session-key` where there is one to tell, when the head of the answer is written.
 * Call it before anything that holds the head back, such as `holdResponse`, so that writes made meanwhile are included.
 */
export function explainSession(res: ServerResponse, explain: () => SessionExplanation): void {
  const { writeHead } = res;
  res.writeHead = function explained(this: ServerResponse, ...args: unknown[]) {
    const { from, outcome, key } = explain();
    if (!this.headersSent) {
      this.setHeader('x-session', `${from};${outcome}`);
      if (key !== undefined) this.setHeader('x-session-key', key);
    }
    return Reflect.apply(writeHead, this, args);
  } as ServerResponse['writeHead'];
}
