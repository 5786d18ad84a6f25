const REFUSAL = /\b(NOAUTH|WRONGPASS)\b|\binvalid password\b/;

/** The message for an operator when Redis refuses the service's credentials; undefined for every other error. */
export function refusalOf(error: Error): string | undefined {
  const text = textOf(error);
  const [code] = REFUSAL.exec(text) ?? [];
  if (code === undefined) return undefined;
  if (/sentinel/i.test(text)) {
    return `REDIS_URL: the Sentinels refuse this service (${code}). Add their password at its end as ?sentinelPassword=….`;
  }
  return code === 'NOAUTH'
    ? `REDIS_URL: Redis requires a password, and the address has none (${code}). Write redis://:password@host:port.`
    : `REDIS_URL: the user or the password is wrong (${code}). Write redis://user:password@host:port.`;
}

/** An error of a Cluster has its reason in the error of the last master that it asked. */
function textOf(error: Error): string {
  const last = 'lastNodeError' in error ? error.lastNodeError : undefined;
  return last instanceof Error ? `${error.message} ${last.message}` : error.message;
}
