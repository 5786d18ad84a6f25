const REFUSALS = /^(READONLY|OOM|LOADING|MISCONF|MASTERDOWN|CLUSTERDOWN|NOREPLICAS|TRYAGAIN|UNKILLABLE|BUSY)\b/;
const CONNECTION =
  /^(Command timed out|Connection is closed|Stream isn't writeable|Reached the max retries|Cluster is|Cluster isn't ready|None of startup nodes|Too many Cluster redirections)/;
const SOCKET_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND']);

/** Whether an error of ioredis means "not now" (unreachable, frozen, demoted, out of memory) and not a bug of ours. */
export function isRedisUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'ReplyError') {
    // A refused command aborts its transaction, so the error of the command itself decides.
    if (error.message.startsWith('EXECABORT') && 'previousErrors' in error && Array.isArray(error.previousErrors)) {
      return error.previousErrors.length > 0 && error.previousErrors.every(isRedisUnavailable);
    }
    return REFUSALS.test(error.message.replace(/^ERR /, ''));
  }
  if (error.name === 'MaxRetriesPerRequestError' || error.name === 'ClusterAllFailedError') return true;
  if ('command' in error && 'code' in error && SOCKET_CODES.has(String(error.code))) return true;
  return CONNECTION.test(error.message);
}
