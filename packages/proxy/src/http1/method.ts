/** What the proxy needs to know of a request method (RFC 9110 section 9). */
export interface Method {
  readonly name: string;
  /** Sending it twice has the effect of sending it once: it may be retried. */
  readonly idempotent: boolean;
  /** Whether its answer never has a body. */
  readonly answerHasNoBody: boolean;
}

function method(name: string, idempotent: boolean): [string, Method] {
  return [name, { name, idempotent, answerHasNoBody: name === 'HEAD' }];
}

/** The methods let through. TRACE echoes credentials, CONNECT makes an open relay; both are refused with the unknown. */
export const methods: ReadonlyMap<string, Method> = new Map([
  method('GET', true),
  method('HEAD', true),
  method('POST', false),
  method('PUT', true),
  method('PATCH', false),
  method('DELETE', true),
  method('OPTIONS', true),
]);
