import { randomBytes } from 'node:crypto';
import { TRACEPARENT } from '../http1/header-name.js';
import type { RequestHead } from '../http1/request-head.js';
import type { RequestTrace } from '../proxy-api.js';

const WELL_FORMED = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 1;

/**
 * The place of a request in a trace, by W3C Trace Context: the client's trace goes on, with a span of its own. A request without
 * one valid `traceparent` begins a trace, which is sampled.
 */
export function traceOf(head: RequestHead): RequestTrace {
  const spanId = randomBytes(8).toString('hex');
  const [, version, traceId, parentSpanId, flags, more] = WELL_FORMED.exec(head.findAll(TRACEPARENT)) ?? [];
  if (traceId === undefined || parentSpanId === undefined || (version === '00' && more !== undefined)) {
    return { traceId: randomBytes(16).toString('hex'), spanId, parentSpanId: null, sampled: true };
  }
  return { traceId, spanId, parentSpanId, sampled: (Number.parseInt(flags ?? '', 16) & SAMPLED) === SAMPLED };
}

/** The value of the `traceparent` that goes to the destination. */
export function traceparentOf({ traceId, spanId, sampled }: RequestTrace): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
