import * as header from '../http1/header-name.js';
import type { RequestHead } from '../http1/request-head.js';
import type { Origin, Peer } from './client-address.js';
import { forwardedFor } from './forwarded-header.js';

const DROP = 0;
const KEEP = 1;
/** Fields that are believed from a trusted peer and dropped or replaced otherwise. */
const TRUSTED = 2;
/** Fields that are kept, in a spelling that every server reads the same way. */
const FRAMING = 3;

const fate = new Uint8Array(32).fill(KEEP);
for (const id of [
  header.CONNECTION,
  header.KEEP_ALIVE,
  header.PROXY_CONNECTION,
  header.PROXY_AUTHORIZATION,
  header.UPGRADE,
  header.HTTP2_SETTINGS,
  header.TE,
  header.X_REQUEST_ID,
  header.UNDERSCORED,
]) {
  fate[id] = DROP;
}
for (const id of [
  header.X_FORWARDED_FOR,
  header.X_FORWARDED_PROTO,
  header.X_FORWARDED_HOST,
  header.X_FORWARDED_PORT,
  header.FORWARDED,
  header.FORWARDED_FAMILY,
  header.X_REAL_IP,
]) {
  fate[id] = TRUSTED;
}
for (const id of [header.HOST, header.CONTENT_LENGTH, header.TRANSFER_ENCODING]) fate[id] = FRAMING;

/** A request on its way to a destination. */
export interface ForwardedRequest {
  readonly head: RequestHead;
  readonly peer: Peer;
  readonly origin: Origin;
  readonly requestId: string;
  /** Takes the place of the client's `traceparent`; empty: that one passes unchanged. */
  readonly traceparent: string;
  /** The trace begins here, so that a `tracestate` of the client belongs to no trace. */
  readonly beginsTrace: boolean;
  /** Called with the name of each field that was dropped because the peer is not trusted. */
  readonly disbelieved: (name: string, peer: Peer) => void;
}

/**
 * The head to forward: without hop-by-hop fields, with forwarded fields rebuilt (extended, from a trusted peer), the rest
 * untouched and in order. Fields listed in `Connection` go too, but never those that frame, route or identify.
 */
export function writeRequestHead(request: ForwardedRequest): string {
  const { head, peer, origin, requestId, traceparent, disbelieved } = request;
  const { fields, text } = head;
  const listed = head.connectionListed;
  let out = '';
  // The request line and kept fields that stand together are copied as one piece.
  let runStart = -1;
  if (!head.isHttp11 || !text.startsWith(head.target, head.method.name.length + 1)) {
    out = `${head.method.name} ${head.target} HTTP/1.1\r\n`;
  } else {
    runStart = 0;
  }
  let proto = '';
  let hasHost = false;
  let hasPort = false;
  let hasRealIp = false;
  let takesTrailers = false;
  for (let i = 0; i < fields.count; i++) {
    const id = fields.ids[i] as number;
    let keep = fate[id] === KEEP;
    if (fate[id] === TRUSTED) {
      if (!peer.trusted) disbelieved(text.slice(fields.nameStarts[i], fields.nameEnds[i]), peer);
      // These two are written below, with the peer's address appended.
      else keep = id !== header.X_FORWARDED_FOR && id !== header.FORWARDED;
    } else if (fate[id] === FRAMING) keep = isPlainLine(head, i);
    else if (id === header.TRACEPARENT) keep = traceparent === '';
    else if (id === header.TRACESTATE) keep = !request.beginsTrace;
    if (keep && listed !== null && mayBeListed(id)) {
      keep = !listed.has(text.slice(fields.nameStarts[i], fields.nameEnds[i]).toLowerCase());
    }
    if (keep) {
      if (runStart < 0) runStart = fields.nameStarts[i] as number;
      if (id === header.X_FORWARDED_PROTO) proto = head.value(i);
      else if (id === header.X_FORWARDED_HOST) hasHost = true;
      else if (id === header.X_FORWARDED_PORT) hasPort = true;
      else if (id === header.X_REAL_IP) hasRealIp = true;
      continue;
    }
    if (runStart >= 0) out += text.slice(runStart, fields.nameStarts[i]);
    runStart = -1;
    if (fate[id] === FRAMING) out += `${text.slice(fields.nameStarts[i], fields.nameEnds[i])}: ${head.value(i)}\r\n`;
    else if (id === header.TE)
      takesTrailers ||= !head.isHttp10 && /(?:^|,)[ \t]*trailers[ \t]*(?:$|,)/i.test(head.value(i));
  }
  if (runStart >= 0) out += text.slice(runStart, text.length - 2);
  if (head.host === '') out += 'Host: localhost\r\n';
  if (!hasHost && (origin.host !== '' || head.host !== '')) out += `X-Forwarded-Host: ${origin.host || head.host}\r\n`;
  if (proto === '') out += `X-Forwarded-Proto: ${origin.proto || 'http'}\r\n`;
  if (!hasPort) out += `X-Forwarded-Port: ${portOf(proto || origin.proto, peer)}\r\n`;
  if (!hasRealIp) out += `X-Real-IP: ${origin.address}\r\n`;
  if (origin.forwarded !== '') out += `Forwarded: ${origin.forwarded}, ${forwardedFor(peer.address)}\r\n`;
  if (takesTrailers) out += 'TE: trailers\r\n';
  if (head.upgrade !== '') out += `Connection: Upgrade${takesTrailers ? ', TE' : ''}\r\nUpgrade: ${head.upgrade}\r\n`;
  else if (takesTrailers) out += 'Connection: TE\r\n';
  if (traceparent !== '') out += `traceparent: ${traceparent}\r\n`;
  return `${out}X-Forwarded-For: ${origin.passed}${peer.address}\r\nx-request-id: ${requestId}\r\n\r\n`;
}

/** Whether a field goes no further when `Connection` lists it. */
function mayBeListed(id: number): boolean {
  return id === header.OTHER || id === header.COOKIE || id === header.TRACEPARENT || id === header.TRACESTATE;
}

/** "Name: value" with nothing around the value: some servers refuse a coding with a tab before or behind it, or do not see it. */
function isPlainLine({ fields, text }: RequestHead, i: number): boolean {
  const colon = fields.nameEnds[i] as number;
  const gap = (fields.valueStarts[i] as number) - colon;
  return (
    (gap === 1 || (gap === 2 && text[colon + 1] === ' ')) &&
    (fields.lineEnds[i] as number) - (fields.valueEnds[i] as number) === 2
  );
}

/** The port the client used: the usual one of the scheme a trusted proxy named, else the port of this proxy that it connected to. */
function portOf(proto: string, peer: Peer): number {
  if (proto === '') return peer.port;
  return /^https/i.test(proto) ? 443 : 80;
}
