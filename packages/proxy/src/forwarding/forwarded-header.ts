/** The report of one proxy about the request it received (RFC 7239); empty where it reported nothing. */
export interface ForwardedElement {
  readonly node: string;
  readonly proto: string;
  readonly host: string;
}

const pairs = /[ \t]*([!#$%&'*+.^_`|~\w-]+)=("(?:[^"\\]|\\.)*"|[^\s",;]*)[ \t]*([,;]|$)/y;

/** The elements of a `Forwarded` value, in order; undefined when any part of it is malformed. */
export function parseForwarded(value: string): ForwardedElement[] | undefined {
  const elements: ForwardedElement[] = [];
  let element = { node: '', proto: '', host: '' };
  pairs.lastIndex = 0;
  while (pairs.lastIndex < value.length) {
    const pair = pairs.exec(value);
    if (pair === null) return undefined;
    const [, name = '', raw = '', separator] = pair;
    const text = raw.startsWith('"') ? raw.slice(1, -1).replace(/\\(.)/g, '$1') : raw;
    const key = name.toLowerCase();
    if (key === 'for') element.node = text;
    else if (key === 'proto') element.proto = text.toLowerCase();
    else if (key === 'host') element.host = text;
    if (separator === ';') continue;
    elements.push(element);
    element = { node: '', proto: '', host: '' };
  }
  return elements;
}

/** An element that names an address. */
export function forwardedFor(address: string): string {
  return address.includes(':') ? `for="[${address}]"` : `for=${address}`;
}
