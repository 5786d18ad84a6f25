import type { ForwardFailure } from '../forwarding/forward-failure.js';

/**
 * The meaning of a failed attempt: the destination cannot be reached, is silent, or answers wrongly; it is unclear and a probe has to
 * find out; or the failure has nothing to do with the destination.
 */
export type Blame = 'unreachable' | 'silent' | 'failing' | 'unclear' | 'none';

export interface BlameFacts {
  readonly failure: ForwardFailure;
  readonly upgrade: boolean;
  /** The client had sent all of its request. */
  readonly requestComplete: boolean;
  /** The destination answered on another connection meanwhile, or health checks watch it. */
  readonly knownAlive: boolean;
}

/**
 * A failure that a client alone can provoke never counts against a destination. Servers close a connection on an upgrade they do not
 * serve, a head that is too large, or an upload they refuse, so a closed connection is no failure by itself. If the process died,
 * the next connection is refused.
 */
export function blame({ failure, upgrade, requestComplete, knownAlive }: BlameFacts): Blame {
  const { phase, kind } = failure;
  if (kind === 'local') return 'none';
  if (phase === 'connect') return 'unreachable';
  if (kind === 'lost') return 'unclear';
  if (kind === 'malformed') return upgrade ? 'unclear' : 'failing';
  return phase === 'answer-head' && requestComplete && !knownAlive ? 'silent' : 'none';
}
