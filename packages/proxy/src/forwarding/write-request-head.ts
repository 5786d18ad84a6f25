import * as header from '../http1/header-name.js';
import type { RequestHead } from '../http1/request-head.js';
import type { Peer } from './client-address.js';

const DROP = 0;
const KEEP = 1;
/** Believed from a trusted peer, replaced otherwise. */
const TRUSTED = 2;

const fate = new Uint8Array(32).fill(KEEP);
for (const id of [
  header.CONNECTION,
  header.KEEP_ALIVE,
  header.PROXY_CONNECTION,
  header.PROXY_AUTHORIZATION,
  header.UPGRADE,
  header.HTTP2_SETTINGS,
  header.TE,
  header.X_FORWARDED_FOR,
  header.X_REQUEST_ID,
]) {
  fate[id] = DROP;
}
for (const id of [
  header.X_FORWARDED_PROTO,
  header.X_FORWARDED_HOST,
  header.X_FORWARDED_PORT,
  header.FORWARDED,
  header.X_REAL_IP,
]) {
  fate[id] = TRUSTED;
}

/**
 * The head to forward: hop-by-hop fields out, forwarded fields rebuilt (or extended, from a trusted peer), the rest
 * untouched and in order. Fields listed in `Connection` go too, but never those that frame, route or identify.
 */
export function writeRequestHead(head: RequestHead, peer: Peer, clientAddress: string, requestId: string): string {
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
  let hasProto = false;
  let hasHost = false;
  let hasRealIp = false;
  let forwardedFor = '';
  for (let i = 0; i < fields.count; i++) {
    const id = fields.ids[i] as number;
    let keep = fate[id] === KEEP || (fate[id] === TRUSTED && peer.trusted);
    if (keep && listed !== null && (id === header.OTHER || id === header.COOKIE)) {
      keep = !listed.has(text.slice(fields.nameStarts[i], fields.nameEnds[i]).toLowerCase());
    }
    if (keep) {
      if (runStart < 0) runStart = fields.nameStarts[i] as number;
      if (id === header.X_FORWARDED_PROTO) hasProto = true;
      else if (id === header.X_FORWARDED_HOST) hasHost = true;
      else if (id === header.X_REAL_IP) hasRealIp = true;
      continue;
    }
    if (id === header.X_FORWARDED_FOR && peer.trusted) forwardedFor += `${head.value(i)}, `;
    if (runStart >= 0) out += text.slice(runStart, fields.nameStarts[i]);
    runStart = -1;
  }
  if (runStart >= 0) out += text.slice(runStart, text.length - 2);
  if (head.host === '') out += 'Host: localhost\r\n';
  else if (!hasHost) out += `X-Forwarded-Host: ${head.host}\r\n`;
  if (!hasProto) out += 'X-Forwarded-Proto: http\r\n';
  if (!hasRealIp) out += `X-Real-IP: ${clientAddress}\r\n`;
  if (head.upgrade !== '') out += `Connection: Upgrade\r\nUpgrade: ${head.upgrade}\r\n`;
  return `${out}X-Forwarded-For: ${forwardedFor}${peer.address}\r\nx-request-id: ${requestId}\r\n\r\n`;
}
