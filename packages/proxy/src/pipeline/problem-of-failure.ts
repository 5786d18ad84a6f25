import type { ForwardFailure } from '../forwarding/forward-failure.js';
import type { ProblemCode } from '../problem.js';

/** The problem a client gets for a failure that was not mended by a retry. */
export function problemOfFailure({ phase, kind }: ForwardFailure): ProblemCode {
  if (phase === 'connect') return 'destination_unreachable';
  if (kind === 'timeout') return 'destination_timeout';
  return kind === 'malformed' ? 'bad_answer' : 'connection_lost';
}
