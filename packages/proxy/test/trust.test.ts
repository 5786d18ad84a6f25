import { afterEach, describe, expect, test } from '@jest/globals';
import type { AccessLogEntry } from '../src/index.js';
import { codeOf, RawClient, rawRequest } from './support/raw-client.js';
import { cannedStub, cleanUp, httpStub, startProxy } from './support/start-proxy.js';
import { waitFor } from './support/wait-for.js';

afterEach(cleanUp);

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const forged = [
  'X-Forwarded-For: 6.6.6.6',
  'x-forwarded-proto: https',
  'X-FORWARDED-HOST: evil',
  'X-Forwarded-Port: 1',
  'Forwarded: for=6.6.6.6',
  'X-Real-IP: 6.6.6.6',
].join('\r\n');

describe('forwarded headers', () => {
  test('of an untrusted client are replaced', async () => {
    const stub = await cannedStub(ok);
    const { port } = await startProxy([stub]);
    await rawRequest(port, `GET / HTTP/1.1\r\nHost: a\r\n${forged}\r\n\r\n`);
    const received = stub.received[0] ?? '';
    expect(received).not.toMatch(/6\.6\.6\.6|evil|https|X-Forwarded-Port: 1\r\n/i);
    expect(received).toMatch(`X-Forwarded-Port: ${port}\r\n`);
    expect(received).toMatch(/X-Forwarded-For: 127\.0\.0\.1\r\n/);
    expect(received).toMatch(/X-Forwarded-Host: a\r\n/);
    expect(received).toMatch(/X-Forwarded-Proto: http\r\n/);
    expect(received).toMatch(/X-Real-IP: 127\.0\.0\.1\r\n/);
  });

  test('of a trusted proxy are kept, and its address appended', async () => {
    const stub = await cannedStub(ok);
    const { port } = await startProxy([stub], { trustedProxies: ['127.0.0.0/8'] });
    await rawRequest(port, `GET / HTTP/1.1\r\nHost: a\r\n${forged}\r\nX-Forwarded-For: 7.7.7.7\r\n\r\n`);
    const received = stub.received[0] ?? '';
    expect(received).toMatch(/X-Forwarded-For: 6\.6\.6\.6, 7\.7\.7\.7, 127\.0\.0\.1\r\n/);
    expect(received).toMatch(/x-forwarded-proto: https\r\n/);
    expect(received.match(/x-forwarded-for/gi)).toHaveLength(1);
    expect(received.match(/x-forwarded-host/gi)).toHaveLength(1);
    expect(received.match(/x-real-ip/gi)).toHaveLength(1);
  });

  test('a thousand forged addresses from one client hash to one destination', async () => {
    const stubs = await Promise.all([1, 2, 3].map(() => httpStub((_, outgoing) => void outgoing.end())));
    const { base } = await startProxy(stubs, { app: { policy: 'ip-hash' } });
    const served = new Set<string | null>();
    for (let i = 0; i < 1000; i++) {
      const answer = await fetch(base, { headers: { 'x-forwarded-for': `10.1.${i >> 8}.${i & 255}` } });
      served.add(answer.headers.get('x-served-by'));
      await answer.text();
    }
    expect(served.size).toBe(1);
  });

  test('the same addresses from a trusted proxy spread over all', async () => {
    const stubs = await Promise.all([1, 2, 3].map(() => httpStub((_, outgoing) => void outgoing.end())));
    const { base } = await startProxy(stubs, { app: { policy: 'ip-hash' }, trustedProxies: ['127.0.0.1'] });
    const served = new Set<string | null>();
    for (let i = 0; i < 50; i++) {
      const answer = await fetch(base, { headers: { 'x-forwarded-for': `10.1.0.${i}` } });
      served.add(answer.headers.get('x-served-by'));
      await answer.text();
    }
    expect(served.size).toBe(3);
  });
});

describe('traceparent', () => {
  const given = 'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: a=1\r\n';

  test('passes unchanged without tracing', async () => {
    const stub = await cannedStub(ok);
    const { port } = await startProxy([stub]);
    await rawRequest(port, `GET / HTTP/1.1\r\nHost: a\r\n${given}\r\n`);
    expect(stub.received[0]).toContain(given);
  });

  test('names the span of the proxy with tracing', async () => {
    const stub = await cannedStub(ok);
    const entries: AccessLogEntry[] = [];
    const { port } = await startProxy([stub], {}, { tracing: true, accessLog: (entry) => entries.push(entry) });
    await rawRequest(port, `GET / HTTP/1.1\r\nHost: a\r\n${given}\r\n`);
    await rawRequest(port, 'GET / HTTP/1.1\r\nHost: a\r\ntracestate: a=1\r\n\r\n');
    await waitFor(() => entries.length === 2);
    const [first, second] = entries.map(({ trace }) => trace);
    expect(first).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331' });
    expect(stub.received[0]?.match(/^traceparent: .*$/gim)).toEqual([
      `traceparent: 00-${first?.traceId}-${first?.spanId}-01`,
    ]);
    expect(stub.received[0]).toContain('tracestate: a=1\r\n');
    // A trace begins here: the state of another does not belong to it.
    expect(second?.parentSpanId).toBeNull();
    expect(stub.received[1]).toContain(`traceparent: 00-${second?.traceId}-${second?.spanId}-01\r\n`);
    expect(stub.received[1]).not.toContain('tracestate');
  });
});

describe('x-request-id', () => {
  test('is made when missing, kept when harmless, replaced when not', async () => {
    const stub = await cannedStub(ok);
    const { port } = await startProxy([stub]);
    const ids: string[] = [];
    for (const field of [
      '',
      'X-Request-Id: abc-1\r\n',
      'X-Request-Id: a b"\r\n',
      `X-Request-Id: ${'x'.repeat(200)}\r\n`,
    ]) {
      await rawRequest(port, `GET / HTTP/1.1\r\nHost: a\r\n${field}\r\n`);
      ids.push(/x-request-id: (.*)\r\n/i.exec(stub.received.at(-1) ?? '')?.[1] ?? '');
    }
    expect(ids[1]).toBe('abc-1');
    for (const id of [ids[0], ids[2], ids[3]]) expect(id).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/);
  });

  test('stands in every problem, in head and body', async () => {
    const { port } = await startProxy([]);
    const answer = await rawRequest(port, 'GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\n\r\n');
    expect(answer.headers.get('x-request-id')).toBe('mine');
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      requestId: 'mine',
      status: 503,
      code: 'no_destination',
    });
  });
});

describe('Host', () => {
  const bad: Record<string, string> = {
    missing: '',
    duplicate: 'Host: a\r\nHost: a\r\n',
    empty: 'Host:\r\n',
    list: 'Host: a, b\r\n',
    userinfo: 'Host: user@a\r\n',
    path: 'Host: a/b\r\n',
    space: 'Host: a b\r\n',
    'bad port': 'Host: a:99x\r\n',
  };
  for (const [name, fields] of Object.entries(bad)) {
    test(`${name} is refused`, async () => {
      const stub = await cannedStub(ok);
      const { port } = await startProxy([stub]);
      const answer = await rawRequest(port, `GET / HTTP/1.1\r\n${fields}\r\n`);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'bad_host']);
      expect(stub.received).toEqual([]);
    });
  }

  test('is preserved towards the destination', async () => {
    const stub = await cannedStub(ok);
    const { port } = await startProxy([stub]);
    await rawRequest(port, 'GET / HTTP/1.1\r\nhOsT: Shop.Example:8080\r\n\r\n');
    expect(stub.received[0]).toMatch(/hOsT: Shop\.Example:8080\r\n/);
  });

  test('an absolute target must name the same host, and is forwarded in origin form', async () => {
    const stub = await cannedStub(ok);
    const { port } = await startProxy([stub]);
    await rawRequest(port, 'GET http://a:80/x?y=1 HTTP/1.1\r\nHost: a:80\r\n\r\n');
    expect(stub.received[0]).toMatch(/^GET \/x\?y=1 HTTP\/1\.1\r\n/);
    const answer = await rawRequest(port, 'GET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n');
    expect([answer.status, codeOf(answer)]).toEqual([400, 'bad_host']);
  });
});

describe('routes', () => {
  const paths = [
    '/api/..%2fadmin',
    '/api/../admin',
    '/api/%2e%2e/admin',
    '//admin',
    '/api\\..\\admin',
    '/%61dmin',
    '/./admin',
    '/api/..;/admin',
  ];
  for (const path of paths) {
    test(`"${path}" cannot slip from one route into another`, async () => {
      const stub = await cannedStub(ok);
      const { port } = await startProxy([stub], {
        routes: [
          { path: '/api', upstream: 'app' },
          { path: '/admin', upstream: 'app' },
          { path: '/', upstream: 'app' },
        ],
      });
      const answer = await rawRequest(port, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'ambiguous_target']);
      expect(stub.received).toEqual([]);
    });
  }

  test('escapes that read the same either way pass untouched', async () => {
    const stub = await cannedStub(ok);
    const { port } = await startProxy([stub], { routes: [{ path: '/api', upstream: 'app' }] });
    const path = '/api/a%20b/%C3%A4/x%2fy//z?q=..%2f..';
    await rawRequest(port, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(stub.received[0]).toMatch(`GET ${path} HTTP/1.1`);
  });

  test('a prefix matches whole segments only', async () => {
    const stub = await cannedStub(ok);
    const { port } = await startProxy([stub], { routes: [{ path: '/api', upstream: 'app' }] });
    const statusOf = async (path: string): Promise<number> =>
      (await rawRequest(port, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)).status;
    expect(await statusOf('/api')).toBe(200);
    expect(await statusOf('/api/')).toBe(200);
    expect(await statusOf('/apis')).toBe(404);
  });
});

describe('methods, upgrades and versions that have no place here', () => {
  const cases: Record<string, [string, number, string]> = {
    TRACE: ['TRACE / HTTP/1.1\r\nHost: a\r\n\r\n', 501, 'bad_method'],
    CONNECT: ['CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n', 501, 'bad_method'],
    'WebSocket where the route forbids it': [
      'GET /plain HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      400,
      'upgrade_refused',
    ],
    'HTTP/2 preface': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505, 'bad_version'],
    'HTTP/0.9': ['GET /\r\n', 400, 'bad_request_line'],
    'a fragment': ['GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'bad_request_line'],
    'non-ASCII bytes': ['GET /\xe4 HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'bad_request_line'],
    'bare LF': ['GET / HTTP/1.1\nHost: a\n\n', 400, 'bad_request_line'],
    'asterisk by GET': ['GET * HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'bad_target'],
    'TLS to a plain port': ['\x16\x03\x01\x02\0\x01\0\x01\xfc', 400, 'bad_request_line'],
  };
  for (const [name, [text, status, code]] of Object.entries(cases)) {
    test(name, async () => {
      const stub = await cannedStub(ok);
      const { port } = await startProxy([stub], {
        routes: [
          { path: '/', upstream: 'app' },
          { path: '/plain', upstream: 'app', websocket: false },
        ],
      });
      const answer = await rawRequest(port, text);
      expect([answer.status, codeOf(answer)]).toEqual([status, code]);
      expect(stub.received).toEqual([]);
    });
  }

  test('an upgrade flag does not survive to the next request of the connection', async () => {
    const stub = await cannedStub(ok);
    const { port } = await startProxy([stub]);
    const upgrade = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    const client = new RawClient(port).send(upgrade);
    expect((await client.answer()).status).toBe(200);
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.answer()).status).toBe(200);
    expect(stub.received.at(-1)).not.toMatch(/upgrade/i);
    client.close();
  });
});

test('errors of destinations leak no address and no version', async () => {
  const gone = await httpStub(() => {});
  await gone.close();
  const { port } = await startProxy([gone]);
  const answer = await rawRequest(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  expect([answer.status, codeOf(answer), answer.headers.get('retry-after')]).toEqual([
    503,
    'destination_unreachable',
    '1',
  ]);
  // The random request id may hold any digits.
  const text = (answer.head + answer.body).replaceAll(String(answer.headers.get('x-request-id')), '');
  expect(text).not.toMatch(/127\.0\.0\.1|ECONN|node/i);
  expect(text).not.toContain(String(gone.port));
});

test('ten thousand odd URLs leave the proxy alive', async () => {
  const stub = await httpStub((_, outgoing) => void outgoing.end('ok'));
  const { base, port } = await startProxy([stub]);
  const odd = [
    '%',
    '%zz',
    '%00',
    '..',
    '\\',
    '//',
    ';',
    '?',
    '&',
    '=',
    '%ff',
    '%c0%ae',
    '.',
    '~',
    "'",
    '"',
    '<',
    '|',
    '{',
    '`',
  ];
  for (let i = 0; i < 10_000; i += 100) {
    await Promise.all(
      Array.from({ length: 100 }, (_, at) => {
        const n = i + at;
        const path = `/${odd[n % 20]}${odd[Math.floor(n / 20) % 20]}/${odd[Math.floor(n / 400) % 20]}${n}`;
        return rawRequest(port, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      }),
    );
  }
  expect((await fetch(base)).status).toBe(200);
});
