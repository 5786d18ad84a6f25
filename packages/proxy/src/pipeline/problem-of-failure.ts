import type { ForwardFailure } from '../forwarding/forward-failure.js';
import type { ProblemCode } from '../problem.js';

/** What the client is told of a failure that no retry made good. */
export function problemOfFailure({ phase, kind }: ForwardFailure): ProblemCode {
  if (phase === 'connect') return 'destination_unreachable';
  if (kind === 'timeout') return 'destination_timeout';
  return kind === 'malformed' ? 'bad_answer' : 'connection_lost';
}
