import { afterEach, describe, expect, test } from '@jest/globals';
import type { ProxyWarning } from '../src/index.js';
import { codeOf, RawClient, rawRequest } from './support/raw-client.js';
import { cannedStub, cleanUp, httpStub, rawStub, startProxy } from './support/start-proxy.js';
import { waitFor } from './support/wait-for.js';

afterEach(cleanUp);

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** What a destination receives for these header lines. */
async function forwarded(
  fields: string,
  config: Parameters<typeof startProxy>[1] = {},
  line = 'GET /',
): Promise<string> {
  const stub = await cannedStub(ok);
  const { port } = await startProxy([stub], config);
  const answer = await rawRequest(port, `${line} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`);
  expect(answer.status).toBe(200);
  return stub.received[0] ?? '';
}

describe('an upgrade that is no WebSocket is ignored', () => {
  const offers: Record<string, string> = {
    h2c: 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n',
    'TLS/1.0': 'Connection: upgrade\r\nUpgrade: TLS/1.0\r\n',
    'several protocols': 'Connection: Upgrade\r\nUpgrade: h2c, TLS/1.0, foo/2\r\n',
    'several fields': 'Connection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: foo\r\n',
    'h2c without Connection': 'Upgrade: h2c\r\n',
    'websocket without Connection': 'Upgrade: websocket\r\n',
    'an empty one': 'Connection: Upgrade\r\nUpgrade:\r\n',
    'Connection alone': 'Connection: Upgrade\r\n',
  };
  for (const [name, fields] of Object.entries(offers)) {
    test(`P3: ${name}`, async () => {
      expect(await forwarded(fields)).not.toMatch(/upgrade|http2|h2c|tls|foo/i);
    });
  }

  const withBodies: Record<string, string> = {
    'h2c by POST':
      'POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n\r\nhello',
    'websocket by POST':
      'POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n\r\nhello',
    'websocket by GET with a body':
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n\r\nhello',
    'h2c with chunks':
      'POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  };
  for (const [name, text] of Object.entries(withBodies)) {
    test(`P3: ${name}: the body is forwarded and the connection goes on`, async () => {
      let body = '';
      const stub = await httpStub((incoming, outgoing) => {
        incoming.on('data', (part) => {
          body += part;
        });
        incoming.on('end', () => outgoing.end(String(incoming.headers.upgrade)));
      });
      const { port } = await startProxy([stub]);
      const client = new RawClient(port).send(text + get);
      expect((await client.answer()).body.toString()).toBe('undefined');
      expect(body).toBe('hello');
      expect((await client.answer()).status).toBe(200);
      client.close();
    });
  }

  test('P3: websocket by HTTP/1.0', async () => {
    const stub = await cannedStub(ok);
    const { port } = await startProxy([stub]);
    await rawRequest(port, 'GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    expect(stub.received[0]).not.toMatch(/upgrade/i);
  });

  test('P3: a WebSocket among other offers is forwarded as the only one', async () => {
    const received = await forwarded('Connection: upgrade\r\nUpgrade: h2c, WebSocket\r\n');
    expect(received).toMatch(/\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/);
    expect(received).not.toMatch(/h2c/);
  });

  test('P3: a destination that switches to another protocol than WebSocket is not believed', async () => {
    const stub = await cannedStub('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n');
    const { port } = await startProxy([stub]);
    const answer = await rawRequest(
      port,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    expect([answer.status, codeOf(answer)]).toEqual([502, 'bad_answer']);
  });
});

describe('methods', () => {
  for (const method of [
    'PROPFIND',
    'MKCOL',
    'REPORT',
    'SEARCH',
    'QUERY',
    'PURGE',
    'M-SEARCH',
    'BREW',
    'get',
    'x_y',
    "a!#$%&'*+.^`|~1",
  ]) {
    test(`P4: ${method} passes`, async () => {
      expect(await forwarded('', {}, `${method} /x`)).toMatch(`${method} /x HTTP/1.1\r\n`);
    });
  }

  test('P4: one that is unknown passes with a body and an answer', async () => {
    const stub = await cannedStub((text) => `HTTP/1.1 207 Multi\r\nContent-Length: 4\r\n\r\n${text.slice(-4)}`);
    const { port } = await startProxy([stub]);
    const answer = await rawRequest(
      port,
      'PROPFIND / HTTP/1.1\r\nHost: a\r\nDepth: 1\r\nContent-Length: 4\r\n\r\nbody',
    );
    expect([answer.status, answer.body.toString()]).toEqual([207, 'body']);
  });

  test('P4: one that is unknown is never sent twice', async () => {
    let received = 0;
    const stubs = await Promise.all(
      [1, 2, 3].map(() =>
        rawStub((socket) => {
          socket.on('data', () => {
            received++;
            socket.destroy();
          });
        }),
      ),
    );
    const { port } = await startProxy(stubs);
    const answer = await rawRequest(port, 'PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect([answer.status, codeOf(answer), received]).toEqual([502, 'connection_lost', 1]);
  });

  for (const line of ['TRACE /', 'CONNECT a:443', 'CONNECT /']) {
    test(`P4: ${line} is refused`, async () => {
      const stub = await cannedStub(ok);
      const { port } = await startProxy([stub]);
      const answer = await rawRequest(port, `${line} HTTP/1.1\r\nHost: a\r\n\r\n`);
      expect([answer.status, codeOf(answer), stub.received]).toEqual([501, 'bad_method', []]);
    });
  }
});

describe('header fields of a client that is not trusted', () => {
  const forged = [
    'X_Forwarded_For',
    'X_Real_IP',
    'Content_Length',
    'Transfer_Encoding',
    'X-Forwarded_Proto',
    'Remote_User',
    'X-Forwarded-Ssl',
    'X-Forwarded-Scheme',
    'X-Forwarded-Prefix',
    'X-Forwarded-User',
    'X-Forwarded-Client-Cert',
    'X-Client-IP',
    'True-Client-IP',
    'CF-Connecting-IP',
    'Fastly-Client-IP',
    'X-Cluster-Client-IP',
    'X-Original-URL',
    'X-Original-Host',
    'X-Original-Forwarded-For',
    'X-Rewrite-URL',
    'Forwarded',
    'Front-End-Https',
    'X-Originating-IP',
    'X-Scheme',
    'X-Url-Scheme',
  ];
  for (const name of forged) {
    test(`P10: ${name} is dropped`, async () => {
      expect(await forwarded(`${name}: 6.6.6.6\r\nX-Kept: 1\r\n`)).not.toMatch('6.6.6.6');
    });
  }

  test('P10: what only looks alike is kept', async () => {
    const kept = ['X-Forward', 'X-Originals', 'Client-Id', 'X-Client-Id', 'X-F', 'Forwarding'];
    const received = await forwarded(kept.map((name) => `${name}: 1\r\n`).join(''));
    for (const name of kept) expect(received).toMatch(`\r\n${name}: 1\r\n`);
  });

  test('P10: names with "_" pass where a setting allows them', async () => {
    expect(await forwarded('api_key: 1\r\n', { underscoresInHeaders: true })).toMatch('api_key: 1\r\n');
    expect(await forwarded('api_key: 1\r\n')).not.toMatch('api_key');
  });

  test('P10: names with "_" are dropped from trailers too', async () => {
    const stub = await cannedStub((text) => (text.endsWith('\r\n\r\n') ? ok : ''));
    const { port } = await startProxy([stub]);
    const body = '3\r\nabc\r\n0\r\nX-Checksum: 1\r\nX_Forwarded_For: 6.6.6.6\r\nTrue-Client-IP: 6.6.6.6\r\n\r\n';
    await rawRequest(port, `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
    expect(stub.received.join('')).toMatch('X-Checksum: 1');
    expect(stub.received.join('')).not.toMatch('6.6.6.6');
  });

  test('P10: answers keep theirs', async () => {
    const stub = await cannedStub('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx_y: 1\r\nX-Forwarded-Ssl: on\r\n\r\n');
    const { port } = await startProxy([stub]);
    const { headers } = await rawRequest(port, get);
    expect([headers.get('x_y'), headers.get('x-forwarded-ssl')]).toEqual(['1', 'on']);
  });

  test('P10: a trusted proxy says them, but for names with "_"', async () => {
    const fields = 'X-Forwarded-Ssl: on\r\nTrue-Client-IP: 1.2.3.4\r\nX_Forwarded_For: 6.6.6.6\r\n';
    const received = await forwarded(fields, { trustedProxies: ['127.0.0.1'] });
    expect(received).toMatch('X-Forwarded-Ssl: on\r\nTrue-Client-IP: 1.2.3.4\r\n');
    expect(received).not.toMatch('6.6.6.6');
  });
});

describe('forwarded fields of a trusted proxy', () => {
  const trusting = { trustedProxies: ['127.0.0.1'] };

  test('P9: Forwarded becomes the fields that apps read, and is continued', async () => {
    const received = await forwarded('Forwarded: for="[2001:db8::1]:99";proto=https;host=shop.example\r\n', trusting);
    expect(received).toMatch('X-Forwarded-For: 2001:db8::1, 127.0.0.1\r\n');
    expect(received).toMatch('X-Forwarded-Proto: https\r\n');
    expect(received).toMatch('X-Forwarded-Host: shop.example\r\n');
    expect(received).toMatch('X-Real-IP: 2001:db8::1\r\n');
    expect(received).toMatch('Forwarded: for="[2001:db8::1]:99";proto=https;host=shop.example, for=127.0.0.1\r\n');
  });

  test('P9: the spellings of an IPv6 address hash to one destination', async () => {
    const stubs = await Promise.all([1, 2, 3, 4, 5].map(() => httpStub((_, outgoing) => void outgoing.end())));
    const { base } = await startProxy(stubs, { app: { policy: 'ip-hash' }, ...trusting });
    for (const same of [
      ['2001:db8::1', '2001:DB8:0:0:0:0:0:1', '[2001:db8::1]:99', '2001:0db8::0001'],
      ['1.2.3.4', '1.2.3.4:5678', '::ffff:1.2.3.4', '[::ffff:102:304]:1'],
    ]) {
      const served = new Set<string | null>();
      for (const address of same) {
        const answer = await fetch(base, { headers: { 'x-forwarded-for': address } });
        served.add(answer.headers.get('x-served-by'));
        await answer.text();
      }
      expect(served.size).toBe(1);
    }
  });

  test('P24: X-Forwarded-Port is kept, else that of the scheme it names', async () => {
    expect(await forwarded('X-Forwarded-Port: 8443\r\n', trusting)).toMatch('X-Forwarded-Port: 8443\r\n');
    expect(await forwarded('X-Forwarded-Proto: https\r\n', trusting)).toMatch('X-Forwarded-Port: 443\r\n');
    expect(await forwarded('Forwarded: proto=http\r\n', trusting)).toMatch('X-Forwarded-Port: 80\r\n');
  });
});

test('P12: the first forwarded header that is not believed is told of, once', async () => {
  const { port, proxy } = await startProxy([await cannedStub(ok)]);
  const warnings: ProxyWarning[] = [];
  proxy.on('warning', (warning) => warnings.push(warning));
  for (let i = 0; i < 3; i++) {
    await rawRequest(port, 'GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Ssl: on\r\n\r\n');
  }
  expect(warnings.map(({ code }) => code)).toEqual(['forwarded_header_dropped']);
  expect(warnings[0]?.message).toMatch(/^X-Forwarded-Proto from 127\.0\.0\.1 was dropped/);
});

describe('requests in a form that is rare', () => {
  test('P15: OPTIONS * goes to the default upstream', async () => {
    expect(await forwarded('', {}, 'OPTIONS *')).toMatch(/^OPTIONS \* HTTP\/1\.1\r\n/);
    expect(await forwarded('', {}, 'OPTIONS http://a')).toMatch(/^OPTIONS \* HTTP\/1\.1\r\n/);
    expect(await forwarded('', {}, 'OPTIONS http://a/')).toMatch(/^OPTIONS \/ HTTP\/1\.1\r\n/);
  });

  test('P15: empty lines before a request are passed over', async () => {
    const stub = await cannedStub(ok);
    const { port } = await startProxy([stub]);
    const client = new RawClient(port).send(`\r\n\r\n${get}\r\n\r\n\r\n${get}`);
    expect((await client.answer()).status).toBe(200);
    expect((await client.answer()).status).toBe(200);
    expect(stub.received.join('')).not.toMatch(/^\r\n/);
    client.close();
  });

  test('P15: empty lines alone do not begin a request that could be late', async () => {
    const { port } = await startProxy([await cannedStub(ok)], { timeouts: { headMs: 200, keepAliveMs: 60_000 } });
    const client = new RawClient(port).send(get);
    await client.answer();
    client.send('\r\n');
    await new Promise((resolve) => setTimeout(resolve, 700));
    client.send(get);
    expect((await client.answer()).status).toBe(200);
    client.close();
  });

  for (const version of ['1.2', '1.9']) {
    test(`P15: HTTP/${version} is read, and forwarded, as HTTP/1.1`, async () => {
      const stub = await cannedStub(ok);
      const { port } = await startProxy([stub]);
      const client = new RawClient(port).send(`GET / HTTP/${version}\r\nHost: a\r\n\r\n`).send(get);
      expect((await client.answer()).head).toMatch(/^HTTP\/1\.1 200/);
      expect((await client.answer()).status).toBe(200);
      expect(stub.received[0]).toMatch(/^GET \/ HTTP\/1\.1\r\n/);
      client.close();
    });
  }

  test('P15: an answer in HTTP/1.2 is passed on as HTTP/1.1', async () => {
    const { port } = await startProxy([await cannedStub(ok.replace('1.1', '1.2'))]);
    expect((await rawRequest(port, get)).head).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  for (const field of [
    'Transfer-Encoding: chunked\t',
    'Transfer-Encoding:\t chunked \t',
    'Transfer-Encoding:chunked',
  ]) {
    test(`P15: ${JSON.stringify(field)} reaches a strict destination`, async () => {
      const stub = await httpStub((incoming, outgoing) => void incoming.pipe(outgoing));
      const { port } = await startProxy([stub]);
      const answer = await rawRequest(port, `POST / HTTP/1.1\r\nHost:\ta\t\r\n${field}\r\n\r\n3\r\nabc\r\n0\r\n\r\n`);
      expect([answer.status, answer.body.toString()]).toEqual([200, 'abc']);
    });
  }
});

test.each(['Transfer-Encoding:\tchunked', 'Transfer-Encoding:chunked\t', 'Transfer-Encoding: \tchunked'])(
  'P15: %j is forwarded in the one spelling that every server reads',
  async (field) => {
    const stub = await cannedStub(ok);
    const { port } = await startProxy([stub]);
    await rawRequest(port, `POST / HTTP/1.1\r\nHost:\ta\r\n${field}\r\n\r\n0\r\n\r\n`);
    expect(stub.received.join('')).toContain('\r\nTransfer-Encoding: chunked\r\n');
    expect(stub.received.join('')).toContain('\r\nHost: a\r\n');
  },
);

describe('TE', () => {
  test('P24: "trailers" is passed on, and nothing else of it', async () => {
    const received = await forwarded('TE: gzip;q=0.5, trailers\r\nConnection: TE\r\n');
    expect(received).toMatch('\r\nTE: trailers\r\nConnection: TE\r\n');
    expect(received).not.toMatch('gzip');
    expect(await forwarded('TE: trailers\r\nConnection: Upgrade, TE\r\nUpgrade: websocket\r\n')).toMatch(
      '\r\nTE: trailers\r\nConnection: Upgrade, TE\r\nUpgrade: websocket\r\n',
    );
    expect(await forwarded('TE: deflate\r\n')).not.toMatch(/\r\nTE:/);
  });
});

test('P11: the largest body can be set for a route', async () => {
  const stub = await httpStub((incoming, outgoing) => {
    incoming.resume();
    incoming.on('end', () => outgoing.end('ok'));
  });
  const { port, proxy } = await startProxy([stub], {
    limits: { maxBodyBytes: 10 },
    routes: [
      { path: '/', upstream: 'app' },
      { path: '/upload', upstream: 'app', maxBodyBytes: 30 },
      { path: '/none', upstream: 'app', maxBodyBytes: 0 },
    ],
  });
  const statusOf = async (path: string, bytes: number): Promise<number[]> => {
    const body = 'x'.repeat(bytes);
    const start = `POST ${path} HTTP/1.1\r\nHost: a\r\n`;
    const plain = await rawRequest(port, `${start}Content-Length: ${bytes}\r\n\r\n${body}`);
    const chunked = `${start}Transfer-Encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    return [plain.status, (await rawRequest(port, chunked)).status];
  };
  expect(await statusOf('/', 10)).toEqual([200, 200]);
  expect(await statusOf('/', 11)).toEqual([413, 413]);
  expect(await statusOf('/upload', 30)).toEqual([200, 200]);
  expect(await statusOf('/upload', 31)).toEqual([413, 413]);
  expect(await statusOf('/none', 1)).toEqual([413, 413]);
  await waitFor(() => proxy.upstreams()[0]?.destinations[0]?.inFlight === 0);
});
