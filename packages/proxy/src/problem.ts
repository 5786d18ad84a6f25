import { STATUS_CODES } from 'node:http';

/** An answer the proxy makes itself (RFC 9457). `code` is stable; no text names an address or an inner error. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
}

function problem(status: number, code: string, detail: string, retryAfterSeconds?: number): Problem {
  return { status, code, detail, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}

/** Every problem the proxy can answer with. */
export const problems = {
  bad_request_line: problem(400, 'bad_request_line', 'The request line is not "METHOD target HTTP/1.1".'),
  bad_header: problem(400, 'bad_header', 'A header field breaks RFC 9112: folded, no name, or a control byte.'),
  bad_host: problem(400, 'bad_host', 'A request needs exactly one Host: a name or address, with an optional port.'),
  bad_framing: problem(400, 'bad_framing', 'The length of the body is ambiguous or malformed.'),
  bad_chunk: problem(400, 'bad_chunk', 'The chunked body is malformed.'),
  bad_target: problem(400, 'bad_target', 'The request target is malformed.'),
  ambiguous_target: problem(400, 'ambiguous_target', 'The path leads to different places depending on how it is read.'),
  upgrade_refused: problem(400, 'upgrade_refused', 'WebSockets are not let through here.'),
  no_route: problem(404, 'no_route', 'No route matches this host and path.'),
  request_timeout: problem(408, 'request_timeout', 'The request took too long to arrive.'),
  body_too_large: problem(413, 'body_too_large', 'The body is larger than allowed.'),
  request_line_too_long: problem(414, 'request_line_too_long', 'The request line is longer than allowed.'),
  bad_expectation: problem(417, 'bad_expectation', 'The only expectation understood is 100-continue.'),
  head_too_large: problem(431, 'head_too_large', 'The header fields are larger, or more, than allowed.'),
  bad_method: problem(501, 'bad_method', 'TRACE and CONNECT are not let through.'),
  bad_answer: problem(502, 'bad_answer', 'The destination answered with something that is not HTTP.'),
  connection_lost: problem(502, 'connection_lost', 'The destination closed the connection before it answered.'),
  no_destination: problem(503, 'no_destination', 'No destination is available.', 1),
  destination_unreachable: problem(503, 'destination_unreachable', 'No destination could be reached.', 1),
  affinity_lost: problem(503, 'affinity_lost', 'The destination this client is bound to is not available.', 1),
  overloaded: problem(503, 'overloaded', 'Too many requests are waiting.', 1),
  closing: problem(503, 'closing', 'The proxy is shutting down.', 1),
  destination_timeout: problem(504, 'destination_timeout', 'The destination did not answer in time.'),
  bad_version: problem(505, 'bad_version', 'Only HTTP/1 is spoken here.'),
} as const satisfies Record<string, Problem>;

export type ProblemCode = keyof typeof problems;

/** The head and body of a problem's answer. `extraFields` are complete lines; HEAD gets the head alone. */
export function renderProblem(
  problem: Problem,
  requestId: string,
  extraFields: string,
  close: boolean,
  headOnly: boolean,
): string {
  const title = STATUS_CODES[problem.status] ?? 'Error';
  const body = JSON.stringify({
    type: 'about:blank',
    title,
    status: problem.status,
    code: problem.code,
    detail: problem.detail,
    requestId,
  });
  return (
    `HTTP/1.1 ${problem.status} ${title}\r\n` +
    'Content-Type: application/problem+json\r\n' +
    `Content-Length: ${Buffer.byteLength(body)}\r\n` +
    'Cache-Control: no-store\r\n' +
    `x-request-id: ${requestId}\r\n` +
    (problem.retryAfterSeconds === undefined ? '' : `Retry-After: ${problem.retryAfterSeconds}\r\n`) +
    extraFields +
    `${close ? 'Connection: close\r\n' : ''}\r\n${headOnly ? '' : body}`
  );
}
