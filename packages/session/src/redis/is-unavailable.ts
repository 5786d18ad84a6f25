/** Replies by which a Redis that is up says it cannot serve now: demoted, out of memory, loading, failing over. */
const REFUSALS = /^(READONLY|OOM|LOADING|MASTERDOWN|MISCONF|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|BUSY|NOAUTH|WRONGPASS)\b/;

/** The classes of node-redis 4, and of 5. */
const REPLIES = new Set(['ErrorReply', 'SimpleError', 'BlobError']);

/** Whether the error means Redis cannot be used now, as opposed to a mistake in the command, which is a bug of ours. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return !isReply(error) || REFUSALS.test(error.message);
}

/** An error that Redis answered with: of ioredis, and of node-redis 4 and 5, which have no name of their own. */
export function isReply(error: Error): boolean {
  return error.name === 'ReplyError' || REPLIES.has(error.constructor.name);
}
