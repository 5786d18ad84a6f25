import { describe, expect, test } from '@jest/globals';
import { RequestHead } from '../http1/request-head.js';
import { traceOf, traceparentOf } from './request-trace.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

function traceFor(...lines: readonly string[]) {
  const head = new RequestHead({ maxRequestLineBytes: 1000, maxHeadBytes: 4000, maxHeaders: 20 });
  const bytes = Buffer.from(`GET / HTTP/1.1\r\nhost: a\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`);
  expect(head.read(bytes, 0, bytes.length)).toBeGreaterThan(0);
  return traceOf(head);
}

describe('the trace of a request', () => {
  test('goes on from the traceparent of the client, with a span of its own', () => {
    const trace = traceFor(`Traceparent: 00-${TRACE}-${SPAN}-01`);
    expect(trace).toMatchObject({ traceId: TRACE, parentSpanId: SPAN, sampled: true });
    expect(trace.spanId).toMatch(/^(?!b7ad6b7169203331)[0-9a-f]{16}$/);
    expect(traceparentOf(trace)).toBe(`00-${TRACE}-${trace.spanId}-01`);
  });

  test('stays out of the sample where the client says so', () => {
    const trace = traceFor(`traceparent: 00-${TRACE}-${SPAN}-00`);
    expect(trace.sampled).toBe(false);
    expect(traceparentOf(trace)).toMatch(/-00$/);
  });

  test('takes over a later version with more fields', () => {
    expect(traceFor(`traceparent: 01-${TRACE}-${SPAN}-01-more`).traceId).toBe(TRACE);
  });

  test.each([
    ['none', []],
    ['version 00 with more fields', [`traceparent: 00-${TRACE}-${SPAN}-01-more`]],
    ['the forbidden version', [`traceparent: ff-${TRACE}-${SPAN}-01`]],
    ['no trace', [`traceparent: 00-${'0'.repeat(32)}-${SPAN}-01`]],
    ['no span', [`traceparent: 00-${TRACE}-${'0'.repeat(16)}-01`]],
    ['capitals', [`traceparent: 00-${TRACE.toUpperCase()}-${SPAN}-01`]],
    ['two', [`traceparent: 00-${TRACE}-${SPAN}-01`, `traceparent: 00-${TRACE}-${SPAN}-01`]],
  ])('begins anew with %s', (_what, lines) => {
    const trace = traceFor(...lines);
    expect(trace).toMatchObject({ parentSpanId: null, sampled: true });
    expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(trace.traceId).not.toBe(TRACE);
  });
});
