/** Replies by which a Redis that is up says it cannot serve now: demoted, out of memory, loading, failing over. */
const REFUSALS =
  /^(READONLY|OOM|LOADING|MASTERDOWN|MISCONF|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|BUSY|NOAUTH|NOPERM|WRONGPASS)\b/;

/** Whether the error means Redis cannot be used now, as opposed to a mistake in the command, which is a bug of ours. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name !== 'ReplyError' || REFUSALS.test(error.message);
}
