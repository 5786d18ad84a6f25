/** The properties of a request method that the proxy uses (RFC 9110 section 9). */
export interface Method {
  readonly name: string;
  /** Sending it twice has the effect of sending it once: it may be retried. */
  readonly idempotent: boolean;
  /** It changes nothing: two copies may run at the same time, and end in any order. */
  readonly safe: boolean;
  /** Whether its answer never has a body. */
  readonly answerHasNoBody: boolean;
}

function method(name: string, idempotent: boolean): [string, Method] {
  const safe = name === 'GET' || name === 'HEAD' || name === 'OPTIONS';
  return [name, { name, idempotent, safe, answerHasNoBody: name === 'HEAD' }];
}

const known: ReadonlyMap<string, Method> = new Map([
  method('GET', true),
  method('HEAD', true),
  method('POST', false),
  method('PUT', true),
  method('PATCH', false),
  method('DELETE', true),
  method('OPTIONS', true),
]);

export const GET = known.get('GET') as Method;

/**
 * The method of this name; undefined for TRACE, which echoes credentials, and CONNECT, which makes an open relay. Other tokens
 * pass unchanged; the proxy cannot know what an unknown method does, so it is never sent twice.
 */
export function methodOf(name: string): Method | undefined {
  if (name === 'TRACE' || name === 'CONNECT') return undefined;
  return known.get(name) ?? { name, idempotent: false, safe: false, answerHasNoBody: false };
}
