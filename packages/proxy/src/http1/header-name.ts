/** The field names the proxy acts on, as small numbers: the hot path compares numbers, never strings. */
export const OTHER = 0;
export const HOST = 1;
export const CONNECTION = 2;
export const CONTENT_LENGTH = 3;
export const TRANSFER_ENCODING = 4;
export const KEEP_ALIVE = 5;
export const PROXY_CONNECTION = 6;
export const UPGRADE = 7;
export const TE = 8;
export const EXPECT = 9;
export const X_FORWARDED_FOR = 10;
export const X_FORWARDED_PROTO = 11;
export const X_FORWARDED_HOST = 12;
export const X_FORWARDED_PORT = 13;
export const FORWARDED = 14;
export const X_REAL_IP = 15;
export const X_REQUEST_ID = 16;
export const COOKIE = 17;
export const PROXY_AUTHORIZATION = 18;
export const PROXY_AUTHENTICATE = 19;
export const X_SERVED_BY = 20;
export const X_ROUTE = 21;
export const HTTP2_SETTINGS = 22;
export const TRAILER = 23;
/** Fields that say, like X-Forwarded-For, where a request comes from or how it was made. Some server believes each of them. */
export const FORWARDED_FAMILY = 24;
/** A name with "_", where such names are not passed on. */
export const UNDERSCORED = 25;
export const SET_COOKIE = 26;
/** W3C Trace Context. */
export const TRACEPARENT = 27;
export const TRACESTATE = 28;

const forwardedFamily = [
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'cf-visitor',
  'client-ip',
  'fastly-client-ip',
  'fastly-ssl',
  'forwarded-for',
  'front-end-https',
  'proxy-client-ip',
  'true-client-ip',
  'wl-proxy-client-ip',
  'x-appengine-user-ip',
  'x-azure-clientip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-envoy-external-address',
  'x-forwarded',
  'x-host',
  'x-http-host-override',
  'x-proxyuser-ip',
  'x-real-port',
  'x-remote-addr',
  'x-remote-ip',
  'x-rewrite-url',
  'x-scheme',
  'x-script-name',
  'x-ssl',
  'x-url-scheme',
];
const familyPrefixes = ['x-forwarded-', 'x-original-', 'x-originating-'].map((prefix) => Buffer.from(prefix, 'latin1'));

const names: Readonly<Record<string, number>> = {
  host: HOST,
  connection: CONNECTION,
  'content-length': CONTENT_LENGTH,
  'transfer-encoding': TRANSFER_ENCODING,
  'keep-alive': KEEP_ALIVE,
  'proxy-connection': PROXY_CONNECTION,
  upgrade: UPGRADE,
  te: TE,
  expect: EXPECT,
  'x-forwarded-for': X_FORWARDED_FOR,
  'x-forwarded-proto': X_FORWARDED_PROTO,
  'x-forwarded-host': X_FORWARDED_HOST,
  'x-forwarded-port': X_FORWARDED_PORT,
  forwarded: FORWARDED,
  'x-real-ip': X_REAL_IP,
  'x-request-id': X_REQUEST_ID,
  cookie: COOKIE,
  'proxy-authorization': PROXY_AUTHORIZATION,
  'proxy-authenticate': PROXY_AUTHENTICATE,
  'x-served-by': X_SERVED_BY,
  'x-route': X_ROUTE,
  'http2-settings': HTTP2_SETTINGS,
  trailer: TRAILER,
  'set-cookie': SET_COOKIE,
  traceparent: TRACEPARENT,
  tracestate: TRACESTATE,
  ...Object.fromEntries(forwardedFamily.map((name) => [name, FORWARDED_FAMILY])),
};

interface Entry {
  readonly bytes: Uint8Array;
  readonly id: number;
  readonly next: Entry | undefined;
}

const slots: (Entry | undefined)[] = new Array(256).fill(undefined);
for (const [name, id] of Object.entries(names)) {
  const bytes = Buffer.from(name, 'latin1');
  const slot = slotOf(bytes, 0, bytes.length);
  slots[slot] = { bytes, id, next: slots[slot] };
}

function slotOf(bytes: Uint8Array, from: number, to: number): number {
  const first = (bytes[from] ?? 0) | 0x20;
  const last = (bytes[to - 1] ?? 0) | 0x20;
  return ((to - from) * 37 + first * 11 + last) & 255;
}

/** The number of the field name in `bytes[from, to)`, whatever its case; `OTHER` when the proxy does not act on it. */
export function headerId(bytes: Uint8Array, from: number, to: number): number {
  for (let entry = slots[slotOf(bytes, from, to)]; entry !== undefined; entry = entry.next) {
    if (entry.bytes.length === to - from && matches(bytes, from, entry.bytes)) return entry.id;
  }
  return hasFamilyPrefix(bytes, from, to) ? FORWARDED_FAMILY : OTHER;
}

function hasFamilyPrefix(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < 12 || ((bytes[from] as number) | 0x20) !== 0x78) return false;
  for (const prefix of familyPrefixes) if (to - from > prefix.length && matches(bytes, from, prefix)) return true;
  return false;
}

/** Compares ignoring case; `lower` has only letters, digits and "-", so setting bit 5 is exact for it on token bytes. */
function matches(bytes: Uint8Array, from: number, lower: Uint8Array): boolean {
  for (let i = 0; i < lower.length; i++) {
    const byte = bytes[from + i] ?? 0;
    const folded = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (folded !== lower[i]) return false;
  }
  return true;
}
