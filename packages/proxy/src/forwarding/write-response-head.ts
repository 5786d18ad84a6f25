import * as header from '../http1/header-name.js';
import type { ResponseHead } from '../http1/response-head.js';

const drop = new Uint8Array(32);
for (const id of [
  header.CONNECTION,
  header.KEEP_ALIVE,
  header.PROXY_CONNECTION,
  header.PROXY_AUTHENTICATE,
  header.UPGRADE,
  header.X_SERVED_BY,
  header.X_ROUTE,
]) {
  drop[id] = 1;
}

/** The head to answer with: hop-by-hop fields out, `added` (complete lines) in; `decoded` drops the chunked coding. */
export function writeResponseHead(head: ResponseHead, added: string, decoded: boolean): string {
  const { fields, text } = head;
  const listed = head.connectionListed;
  let out = '';
  let runStart = 0;
  if (!head.isHttp11) {
    out = `HTTP/1.1 ${text.slice(head.statusStart, head.statusLineEnd)}\r\n`;
    runStart = -1;
  }
  for (let i = 0; i < fields.count; i++) {
    const id = fields.ids[i] as number;
    let keep = drop[id] === 0 && !(decoded && (id === header.TRANSFER_ENCODING || id === header.TRAILER));
    if (keep && listed !== null && id === header.OTHER) {
      keep = !listed.has(text.slice(fields.nameStarts[i], fields.nameEnds[i]).toLowerCase());
    }
    if (keep) {
      if (runStart < 0) runStart = fields.nameStarts[i] as number;
      continue;
    }
    if (runStart >= 0) out += text.slice(runStart, fields.nameStarts[i]);
    runStart = -1;
  }
  if (runStart >= 0) out += text.slice(runStart, text.length - 2);
  return `${out}${added}\r\n`;
}
