import { isIP } from 'node:net';

/**
 * The one spelling of an IP address: IPv6 in lower case and shortened, without zone; IPv4 that is written as IPv6
 * (`::ffff:1.2.3.4`, `::ffff:102:304`) as IPv4. Undefined for anything else.
 */
export function canonicalAddress(text: string): string | undefined {
  const zoneAt = text.indexOf('%');
  const address = zoneAt < 0 ? text : text.slice(0, zoneAt);
  const family = isIP(address);
  if (family === 4) return address;
  if (family === 0) return undefined;
  const plain = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(plain);
  if (mapped === null) return plain;
  const [high, low] = [mapped[1], mapped[2]].map((part) => Number.parseInt(part ?? '', 16)) as [number, number];
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** The address of a node as proxies write it: `1.2.3.4`, `1.2.3.4:5678`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:99`. */
export function nodeAddress(text: string): string | undefined {
  const bracketed = /^\[([^\]]*)\](?::\w+)?$/.exec(text);
  if (bracketed !== null) return canonicalAddress(bracketed[1] ?? '');
  const withPort = /^([\d.]+):\w+$/.exec(text);
  return canonicalAddress(withPort?.[1] ?? text);
}
