/** A small generator of repeatable randomness (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const methods = [
  'GET',
  'POST',
  'PUT',
  'HEAD',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'BREW',
  'get',
  'G(T',
];
const targets = [
  '/',
  '/a?b=c',
  '/%2e%2e/x',
  '*',
  'http://a/x',
  'http://b/',
  'a:443',
  '/a#b',
  '/ä',
  '/a b',
  '',
  '/{}',
  '//',
  'x',
];
const versions = [
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/2.0',
  'HTTP/0.9',
  'HTTP/1.2',
  'http/1.1',
  'HTTP/1.',
  'HTTP/11',
];
const fields = [
  'Host: a',
  'Host: a',
  'Host: a:80',
  'Host: a, b',
  'Host:',
  'host : a',
  'Content-Length: 5',
  'Content-Length: 05',
  'Content-Length: +5',
  'Content-Length: 5, 5',
  'Content-Length: 5x',
  'Content-Length:',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: Chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, gzip',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding:\tchunked ',
  'Connection: close',
  'Connection: keep-alive, x',
  'Connection: upgrade',
  'Upgrade: websocket',
  'Expect: 100-continue',
  'Expect: 200-ok',
  'X: y',
  'X:',
  'X:  y  ',
  'X: \x7f',
  'X: \x01',
  'X: \xe4',
  'X y',
  ': y',
  'X\0: y',
  ' folded',
  '\tfolded',
  'X: a\rb',
  'X: a\nb',
  'Cookie: a=b; c=d',
];
const ends = ['\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\r\n'];
const bodies = [
  '',
  'hello',
  'hello world',
  '5\r\nhello\r\n0\r\n\r\n',
  '5;x=y\r\nhello\r\n0\r\n\r\n',
  '5 \r\nhello\r\n0\r\n\r\n',
  '5\r\nhelloX0\r\n\r\n',
  '5\nhello\r\n0\r\n\r\n',
  '5\r\nhello\r\n0\r\nT: 1\r\n\r\n',
  '5\r\nhello\r\n0\r\nbad\r\n\r\n',
  '-5\r\nhello\r\n0\r\n\r\n',
  '0x5\r\nhello\r\n0\r\n\r\n',
  'G\r\n',
  '00000000005\r\nhello\r\n0\r\n\r\n',
  '5;\0\r\nhello\r\n0\r\n\r\n',
];

/** One odd request: pieces that are mostly right, put together, then sometimes a byte changed. */
export function fuzzedRequest(random: () => number): Buffer {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const usually = <T>(list: readonly T[]): T => (random() < 0.75 ? (list[0] as T) : pick(list));
  const method = random() < 0.8 ? pick(methods.slice(0, 7)) : pick(methods);
  let text = random() < 0.03 ? '\r\n' : '';
  text += `${method}${random() < 0.02 ? '  ' : ' '}${usually(targets)} ${usually(versions)}${usually(ends)}`;
  if (random() < 0.9) text += `Host: a${usually(ends)}`;
  const count = Math.floor(random() * 4);
  for (let i = 0; i < count; i++) text += `${pick(fields)}${usually(ends)}`;
  text += `${usually(ends)}${pick(bodies)}`;
  const bytes = Buffer.from(text, 'latin1');
  if (random() < 0.2 && bytes.length > 0) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  return bytes;
}
