import { afterEach, describe, expect, test } from '@jest/globals';
import { codeOf, RawClient, rawRequest } from './support/raw-client.js';
import { cannedStub, cleanUp, startProxy } from './support/start-proxy.js';

afterEach(cleanUp);

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('a request whose framing two readers could take differently is refused and never forwarded', () => {
  const body = '0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
  const cases: Record<string, string> = {
    'Content-Length and Transfer-Encoding': 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n',
    'Transfer-Encoding and Content-Length': 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n',
    'two different Content-Lengths': 'Content-Length: 5\r\nContent-Length: 6\r\n',
    'two equal Content-Lengths': 'Content-Length: 5\r\nContent-Length: 5\r\n',
    'a list in Content-Length': 'Content-Length: 5, 5\r\n',
    'a signed Content-Length': 'Content-Length: +5\r\n',
    'a negative Content-Length': 'Content-Length: -5\r\n',
    'a hexadecimal Content-Length': 'Content-Length: 0x5\r\n',
    'an empty Content-Length': 'Content-Length:\r\n',
    'a huge Content-Length': 'Content-Length: 99999999999999999999\r\n',
    'two Transfer-Encodings': 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n',
    'Transfer-Encoding with a list': 'Transfer-Encoding: identity, chunked\r\n',
    'Transfer-Encoding: chunked, identity': 'Transfer-Encoding: chunked, identity\r\n',
    'Transfer-Encoding: xchunked': 'Transfer-Encoding: xchunked\r\n',
    'a quoted coding': 'Transfer-Encoding: "chunked"\r\n',
    'an empty Transfer-Encoding': 'Transfer-Encoding:\r\n',
    'vertical tab before the coding': 'Transfer-Encoding: \vchunked\r\n',
    'space before the colon': 'Transfer-Encoding : chunked\r\n',
    'a folded Transfer-Encoding': 'Transfer-Encoding:\r\n chunked\r\n',
    'a leading space': ' Transfer-Encoding: chunked\r\n',
    'bare LF after the field': 'X: y\nTransfer-Encoding: chunked\r\n',
    'bare CR inside a value': 'X: y\rTransfer-Encoding: chunked\r\n',
    'NUL in a value': 'X: y\0z\r\n',
    'no name': ': chunked\r\n',
    'no colon': 'Transfer-Encoding\r\n',
  };
  for (const [name, fields] of Object.entries(cases)) {
    test(name, async () => {
      const stub = await cannedStub(ok);
      const { port } = await startProxy([stub]);
      const client = new RawClient(port).send(`POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n${body}`);
      const answer = await client.answer();
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.headers.get('connection')).toBe('close');
      expect((await client.rest()).toString()).toBe('');
      expect(stub.received).toEqual([]);
      client.close();
    });
  }

  test('Transfer-Encoding from an HTTP/1.0 client', async () => {
    const stub = await cannedStub(ok);
    const { port } = await startProxy([stub]);
    const answer = await rawRequest(port, `POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'bad_framing']);
  });
});

describe('a chunked body is checked while it passes', () => {
  const cases: Record<string, string> = {
    'no CRLF after a chunk': '3\r\nabcX0\r\n\r\n',
    'only LF after a chunk': '3\r\nabc\n0\r\n\r\n',
    'only LF after a size': '3\nabc\r\n0\r\n\r\n',
    'a size that is no number': 'zz\r\nabc\r\n0\r\n\r\n',
    'an empty size': '\r\nabc\r\n0\r\n\r\n',
    'a size with a prefix': '0x3\r\nabc\r\n0\r\n\r\n',
    'a size beyond any number': 'fffffffffffffffff\r\nabc\r\n0\r\n\r\n',
    'a space after the size': '3 \r\nabc\r\n0\r\n\r\n',
    'LF inside an extension': '3;a\nb\r\nabc\r\n0\r\n\r\n',
    'a malformed trailer': '3\r\nabc\r\n0\r\nbad trailer\r\n\r\n',
  };
  for (const [name, body] of Object.entries(cases)) {
    test(name, async () => {
      const stub = await cannedStub(() => '');
      const { port } = await startProxy([stub]);
      const answer = await rawRequest(port, `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'bad_chunk']);
    });
  }

  test('extensions are dropped and trailers that could change framing or routing too', async () => {
    const stub = await cannedStub((request) => (request.endsWith('\r\n\r\n') ? ok : ''));
    const { port } = await startProxy([stub]);
    const body = '3;a=b;c\r\nabc\r\n0;x\r\nX-Checksum: 1\r\nContent-Length: 9\r\nHost: evil\r\n\r\n';
    await rawRequest(port, `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
    const [, forwarded] = stub.received.join('').split('\r\n\r\n');
    expect(forwarded).toBe('3\r\nabc\r\n0\r\nX-Checksum: 1');
  });
});

describe('the field Connection', () => {
  test('cannot strip the length of a body that is forwarded', async () => {
    const stub = await cannedStub(ok);
    const { port } = await startProxy([stub]);
    const fields = 'Connection: content-length, host, x-forwarded-for, transfer-encoding\r\nContent-Length: 3\r\n';
    await rawRequest(port, `POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\nabc`);
    expect(stub.received[0]).toMatch(/\r\nContent-Length: 3\r\n/);
    expect(stub.received[0]).toMatch(/\r\nHost: a\r\n/);
    expect(stub.received[0]).toMatch(/\r\nX-Forwarded-For: 127\.0\.0\.1\r\n/);
    expect(stub.received[0]).toMatch(/\r\n\r\nabc$/);
  });

  test('strips what it names, both ways', async () => {
    const stub = await cannedStub(
      'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x-secret\r\nX-Secret: 1\r\nX-Kept: 1\r\n\r\n',
    );
    const { port } = await startProxy([stub]);
    const answer = await rawRequest(
      port,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Hop\r\nX-Hop: 1\r\nX-End: 1\r\n\r\n',
    );
    expect(stub.received[0]).not.toMatch(/x-hop/i);
    expect(stub.received[0]).toMatch(/X-End: 1/);
    expect(answer.head).not.toMatch(/x-secret/i);
    expect(answer.headers.get('x-kept')).toBe('1');
  });

  test('hop-by-hop fields never pass', async () => {
    const stub = await cannedStub(
      'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: x\r\nUpgrade: h2c\r\n\r\n',
    );
    const { port } = await startProxy([stub]);
    const fields =
      'Keep-Alive: 300\r\nProxy-Connection: x\r\nProxy-Authorization: y\r\nTE: gzip\r\nUpgrade: x\r\nHTTP2-Settings: z\r\n';
    const answer = await rawRequest(port, `GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`);
    expect(stub.received[0]).not.toMatch(/keep-alive|proxy-|\r\nTE:|upgrade|http2/i);
    expect(answer.head).not.toMatch(/keep-alive|proxy-|upgrade/i);
  });
});

describe('an answer with ambiguous framing becomes 502 and its connection is not used again', () => {
  const cases: Record<string, string> = {
    'both lengths': 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n',
    'two lengths': 'Content-Length: 2\r\nContent-Length: 3\r\n',
    'an unknown coding': 'Transfer-Encoding: gzip\r\n',
    'a malformed length': 'Content-Length: 2x\r\n',
    'a folded field': 'X: a\r\n b\r\nContent-Length: 2\r\n',
  };
  for (const [name, fields] of Object.entries(cases)) {
    test(name, async () => {
      const stub = await cannedStub(`HTTP/1.1 200 OK\r\n${fields}\r\nok`);
      const { port } = await startProxy([stub]);
      const answer = await rawRequest(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      expect([answer.status, codeOf(answer)]).toEqual([502, 'bad_answer']);
    });
  }

  test('bytes after an answer are never taken for the next one', async () => {
    const stub = await cannedStub(`${ok}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`);
    const { port } = await startProxy([stub]);
    const client = new RawClient(port);
    for (let i = 0; i < 3; i++) {
      client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      expect((await client.answer()).body.toString()).toBe('ok');
    }
    client.close();
  });

  test('a 101 nobody asked for', async () => {
    const stub = await cannedStub(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    );
    const { port } = await startProxy([stub]);
    const answer = await rawRequest(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect([answer.status, codeOf(answer)]).toEqual([502, 'bad_answer']);
  });
});
