import type { ForwardFailure } from '../forwarding/forward-failure.js';

/**
 * What a failed attempt says of the destination: it cannot be reached; it is silent; it answers wrongly; a probe has to find out, since
 * it may have had a reason to close; or nothing at all.
 */
export type Blame = 'unreachable' | 'silent' | 'failing' | 'unclear' | 'none';

export interface BlameFacts {
  readonly failure: ForwardFailure;
  readonly upgrade: boolean;
  /** The client had sent all of its request. */
  readonly requestComplete: boolean;
  /** Something came back from the destination on another connection, or its health checks tell how it is. */
  readonly knownAlive: boolean;
}

/**
 * Nothing that a client alone can provoke counts against a destination. A connection that closes after it took a request is
 * what servers do to an upgrade they do not serve, a head they find too large, an upload they refuse: never a failure by
 * itself. A process that died shows by the next connection, which it refuses.
 */
export function blame({ failure, upgrade, requestComplete, knownAlive }: BlameFacts): Blame {
  const { phase, kind } = failure;
  if (kind === 'local') return 'none';
  if (phase === 'connect') return 'unreachable';
  if (kind === 'lost') return 'unclear';
  if (kind === 'malformed') return upgrade ? 'unclear' : 'failing';
  return phase === 'answer-head' && requestComplete && !knownAlive ? 'silent' : 'none';
}
