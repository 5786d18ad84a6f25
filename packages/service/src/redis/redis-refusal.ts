const REFUSAL = /\b(NOAUTH|WRONGPASS)\b|\binvalid password\b/;

/** What to tell an operator when Redis does not let the service in; undefined for every other error. */
export function refusalOf(error: Error): string | undefined {
  const text = textOf(error);
  const [code] = REFUSAL.exec(text) ?? [];
  if (code === undefined) return undefined;
  if (/sentinel/i.test(text)) {
    return `REDIS_URL: the Sentinels do not let this service in (${code}). Write their password as ?sentinelPassword=… at its end.`;
  }
  return code === 'NOAUTH'
    ? `REDIS_URL: Redis wants a password, and there is none (${code}). Write it as redis://:password@host:port.`
    : `REDIS_URL: the password, or the user, is wrong (${code}). Write them as redis://user:password@host:port.`;
}

/** Of a Cluster, the error of the last master that was asked says why. */
function textOf(error: Error): string {
  const last = 'lastNodeError' in error ? error.lastNodeError : undefined;
  return last instanceof Error ? `${error.message} ${last.message}` : error.message;
}
