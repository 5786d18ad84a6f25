/** Byte classes of RFC 9110 and 9112 as lookup tables: 1 for a byte that is allowed. */

function table(allowed: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (allowed(byte) ? 1 : 0));
}

const tokenPunctuation = new Set([..."!#$%&'*+-.^_`|~"].map((char) => char.charCodeAt(0)));

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

/** `tchar`: the bytes of methods and field names (RFC 9110 section 5.6.2). */
export const tokenBytes = table((byte) => isAlphanumeric(byte) || tokenPunctuation.has(byte));

/** The same bytes as they count in a field name: 2 for "_", which many servers read as "-". */
export const nameBytes = table((byte) => tokenBytes[byte] === 1);
nameBytes[0x5f] = 2;

/** `field-vchar`, space and tab: the bytes of a field value (section 5.5). CR, LF, NUL and DEL are not among them. */
export const valueBytes = table((byte) => byte === 0x09 || (byte >= 0x20 && byte !== 0x7f));

/** Visible ASCII without "#": a request target never has a fragment (RFC 9112 section 3.2). */
export const targetBytes = table((byte) => byte > 0x20 && byte < 0x7f && byte !== 0x23);

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const PERCENT = 0x25;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const QUESTION = 0x3f;
export const BACKSLASH = 0x5c;

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
