import type { ServerResponse } from 'node:http';
import type { SessionStoreKind } from '../session-options.js';

/** The content of `x-session`: where the session of a request was looked for last, and the outcome. */
export interface SessionExplanation {
  readonly from: 'memory' | 'redis' | 'near-cache' | 'memcached';
  /** `written`: this request changed, created or ended it. `missing`: there was none. */
  readonly outcome: 'read' | 'written' | 'missing';
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
 * Adds `x-session: <from>;<outcome>` when the head of the answer is written. Call it before anything that holds the head
 * back, such as `holdResponse`, so that writes made meanwhile are included.
 */
export function explainSession(res: ServerResponse, explain: () => SessionExplanation): void {
  const { writeHead } = res;
  res.writeHead = function explained(this: ServerResponse, ...args: unknown[]) {
    const { from, outcome } = explain();
    if (!this.headersSent) this.setHeader('x-session', `${from};${outcome}`);
    return Reflect.apply(writeHead, this, args);
  } as ServerResponse['writeHead'];
}
