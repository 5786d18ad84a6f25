import type { Server } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { codeOf, rawRequest } from './support/raw-client.js';
import { cleanUp, httpStub, type Stub, startProxy } from './support/start-proxy.js';
import { waitFor } from './support/wait-for.js';

afterEach(cleanUp);

const secret = 'a-secret-of-sufficient-length';

function three(): Promise<(Stub & { server: Server })[]> {
  return Promise.all([1, 2, 3].map(() => httpStub((_, outgoing) => void outgoing.end('ok'))));
}

interface Seen {
  readonly servedBy: string | null;
  readonly reason: string;
  readonly status: number;
  readonly setCookie: string | undefined;
}

async function ask(base: string, cookie?: string): Promise<Seen> {
  const answer = await fetch(base, cookie === undefined ? {} : { headers: { cookie } });
  await answer.text();
  return {
    servedBy: answer.headers.get('x-served-by'),
    reason: /reason=([a-z]+)/.exec(answer.headers.get('x-route') ?? '')?.[1] ?? '',
    status: answer.status,
    setCookie: answer.headers.getSetCookie()[0],
  };
}

const pairOf = (seen: Seen): string => (seen.setCookie ?? '').split(';')[0] ?? '';

describe('the affinity cookie', () => {
  const app = { affinity: { cookie: 'aff' } };

  test('binds a client to its first destination and is set once', async () => {
    const { base } = await startProxy(await three(), { app, affinitySecrets: [secret] });
    const first = await ask(base);
    expect(first.setCookie).toMatch(/^aff=[\w-]{8}\.[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/);
    for (let i = 0; i < 10; i++) {
      const next = await ask(base, `x=1; ${pairOf(first)}; y=2`);
      expect(next).toMatchObject({ servedBy: first.servedBy, reason: 'affinity', setCookie: undefined });
    }
  });

  test('is opaque: it shows neither address nor id', async () => {
    const stubs = await three();
    const { base } = await startProxy(stubs, { app });
    const { setCookie = '' } = await ask(base);
    const decoded = setCookie + Buffer.from(setCookie.split(/[=.;]/)[2] ?? '', 'base64url').toString('latin1');
    for (const { port } of stubs) expect(decoded).not.toContain(String(port));
    expect(decoded).not.toMatch(/app-\d|127\.0/);
  });

  test('when forged picks nothing: the policy goes on as for a new client', async () => {
    const { base } = await startProxy(await three(), { app, affinitySecrets: [secret] });
    const real = pairOf(await ask(base));
    const flipped = `${real.slice(0, -1)}${real.endsWith('A') ? 'B' : 'A'}`;
    const seen = new Set<string | null>();
    for (let i = 0; i < 3; i++) {
      const answer = await ask(base, flipped);
      expect([answer.status, answer.reason]).toEqual([200, 'picked']);
      seen.add(answer.servedBy);
    }
    expect(seen.size).toBe(3);
    for (const odd of ['aff=', 'aff', 'aff=.....', `aff=${'x'.repeat(5000)}`, 'aff=app-1', 'aff="%00"']) {
      expect((await ask(base, odd)).status).toBe(200);
    }
  });

  test('holds across a restart and a second proxy with the same secrets, rotated ones included', async () => {
    const stubs = await three();
    const one = await startProxy(stubs, { app, affinitySecrets: [secret] });
    const first = await ask(one.base);
    await one.proxy.close();
    const two = await startProxy(stubs, { app, affinitySecrets: ['another-secret-of-some-length', secret] });
    const next = await ask(two.base, pairOf(first));
    expect(next).toMatchObject({ servedBy: first.servedBy, reason: 'affinity' });
  });

  test('several upstreams may share one cookie name without unbinding each other', async () => {
    const stubs = await three();
    const destinations = stubs.map(({ url }, i) => ({ id: `d-${i}`, url }));
    const { base } = await startProxy([], {
      upstreams: { a: { ...app, destinations }, b: { ...app, destinations } },
      routes: [
        { path: '/a', upstream: 'a' },
        { path: '/b', upstream: 'b' },
      ],
    });
    const a = await ask(`${base}/a`);
    const b = await ask(`${base}/b`, pairOf(a));
    const both = pairOf(b);
    expect(await ask(`${base}/a`, both)).toMatchObject({
      servedBy: a.servedBy,
      reason: 'affinity',
      setCookie: undefined,
    });
    expect(await ask(`${base}/b`, both)).toMatchObject({
      servedBy: b.servedBy,
      reason: 'affinity',
      setCookie: undefined,
    });
  });

  test('of a destination that is gone is replaced, with the reason', async () => {
    const { base, proxy } = await startProxy(await three(), { app });
    const first = await ask(base);
    proxy.removeDestination('app', first.servedBy ?? '');
    const next = await ask(base, pairOf(first));
    expect(next.servedBy).not.toBe(first.servedBy);
    expect(next.setCookie).toBeDefined();
    expect((await ask(base, pairOf(next))).servedBy).toBe(next.servedBy);
  });

  test('P8: signed with an old secret is honoured, and signed anew with the first', async () => {
    const stubs = await three();
    const one = await startProxy(stubs, { app, affinitySecrets: [secret] });
    const first = await ask(one.base);
    const two = await startProxy(stubs, { app, affinitySecrets: ['another-secret-of-some-length', secret] });
    const next = await ask(two.base, pairOf(first));
    expect(next).toMatchObject({ servedBy: first.servedBy, reason: 'affinity' });
    expect(next.setCookie).toBeDefined();
    expect(await ask(two.base, pairOf(next))).toMatchObject({
      servedBy: first.servedBy,
      reason: 'affinity',
      setCookie: undefined,
    });
    const third = await startProxy(stubs, { app, affinitySecrets: ['another-secret-of-some-length'] });
    expect(await ask(third.base, pairOf(next))).toMatchObject({ servedBy: first.servedBy, reason: 'affinity' });
  });

  test('P14: is found among others of its name that lead nowhere', async () => {
    const { base, proxy } = await startProxy(await three(), { app, affinitySecrets: [secret] });
    const gone = await ask(base);
    const good = await ask(base);
    proxy.removeDestination('app', gone.servedBy ?? '');
    const stale = ['aff=forged', 'aff=', `aff=${'x'.repeat(8)}.${'y'.repeat(22)}`, pairOf(gone)];
    for (const cookie of [
      [...stale, pairOf(good)],
      [pairOf(good), ...stale],
      ['a=1', ...stale, pairOf(good), 'b=2'],
    ]) {
      expect(await ask(base, cookie.join('; '))).toMatchObject({
        servedBy: good.servedBy,
        reason: 'affinity',
        setCookie: undefined,
      });
    }
  });

  test('P14: is found in a second Cookie field too', async () => {
    const { base, port } = await startProxy(await three(), { app, affinitySecrets: [secret] });
    const good = await ask(base);
    const answer = await rawRequest(
      port,
      `GET / HTTP/1.1\r\nHost: a\r\nCookie: aff=forged\r\nCookie: ${pairOf(good)}\r\n\r\n`,
    );
    expect(answer.headers.get('x-served-by')).toBe(good.servedBy);
  });

  test('P18: has the attributes its settings ask for', async () => {
    const settings = { cookie: 'aff', sameSite: 'none', domain: 'example.org', path: '/app' } as const;
    const { base } = await startProxy(await three(), { app: { affinity: settings } });
    expect((await ask(base)).setCookie).toMatch(
      /^aff=[\w.-]+; Path=\/app; HttpOnly; SameSite=None; Domain=example.org; Secure; Partitioned$/,
    );
  });

  test('P18: is hidden from the destination on request, and from nobody else', async () => {
    const stub = await httpStub((incoming, outgoing) => void outgoing.end(String(incoming.headers.cookie)));
    const { base } = await startProxy([stub], { app: { affinity: { cookie: 'aff', hideFromDestination: true } } });
    const first = await fetch(base);
    expect(await first.text()).toBe('undefined');
    const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const seenBy = async (sent: string): Promise<string> => (await fetch(base, { headers: { cookie: sent } })).text();
    expect(await seenBy(cookie)).toBe('undefined');
    expect(await seenBy(`a=1; ${cookie}; b=aff`)).toBe('a=1; b=aff');
  });

  test('counts the distinct clients bound to a destination', async () => {
    const { base, proxy } = await startProxy(await three(), { app });
    for (let i = 0; i < 6; i++) {
      const cookie = pairOf(await ask(base));
      for (let j = 0; j < 3; j++) await ask(base, cookie);
    }
    expect(proxy.upstreams()[0]?.destinations.map(({ boundClients }) => boundClients)).toEqual([2, 2, 2]);
  });
});

describe('a time limit', () => {
  const served = async (affinity: object) => {
    const { base } = await startProxy(await three(), { app: { affinity: { cookie: 'aff', ...affinity } } });
    return base;
  };
  const forMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  test('P7: that is fixed ends the binding, however active the client is', async () => {
    const base = await served({ maxAgeSeconds: 2 });
    const first = await ask(base);
    expect(first.setCookie).toMatch(/^aff=[\w-]{8}\.[\w-]{51}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2$/);
    const startedAt = Date.now();
    let next = await ask(base, pairOf(first));
    while (next.reason === 'affinity') {
      expect(next).toMatchObject({ servedBy: first.servedBy, setCookie: undefined });
      next = await ask(base, pairOf(first));
    }
    expect(Date.now() - startedAt).toBeGreaterThan(1800);
    expect(next).toMatchObject({ reason: 'picked', setCookie: expect.stringContaining('Max-Age=2') });
  });

  test('P7: that slides keeps an active client, and ends for one that rests', async () => {
    const base = await served({ maxAgeSeconds: 1, sliding: true });
    let last = await ask(base);
    const { servedBy } = last;
    for (let i = 0; i < 8; i++) {
      await forMs(300);
      last = await ask(base, pairOf(last));
      expect(last).toMatchObject({ servedBy, reason: 'affinity', setCookie: expect.stringContaining('Max-Age=1') });
    }
    await forMs(1300);
    expect((await ask(base, pairOf(last))).reason).toBe('picked');
  });

  test('P7: that is fixed goes on running when the cookie is signed anew', async () => {
    const stubs = await three();
    const app = { affinity: { cookie: 'aff', maxAgeSeconds: 3600 } };
    const one = await startProxy(stubs, { app, affinitySecrets: [secret] });
    const first = await ask(one.base);
    const two = await startProxy(stubs, { app, affinitySecrets: ['another-secret-of-some-length', secret] });
    const next = await ask(two.base, pairOf(first));
    const timeIn = (seen: Seen): string => pairOf(seen).split('.')[1]?.slice(22, 29) ?? '';
    expect([next.servedBy, timeIn(next)]).toEqual([first.servedBy, timeIn(first)]);
  });
});

describe('when the destination a client is bound to fails', () => {
  test('"redistribute" moves the client, once, with a new cookie', async () => {
    const stubs = await three();
    const { base } = await startProxy(stubs, { app: { affinity: { cookie: 'aff' } } });
    const first = await ask(base);
    await stubs[Number(first.servedBy?.slice(-1)) - 1]?.close();
    const next = await ask(base, pairOf(first));
    expect([next.status, next.reason]).toEqual([200, 'retried']);
    expect(await ask(base, pairOf(next))).toMatchObject({ servedBy: next.servedBy, reason: 'affinity' });
  });

  test('"refuse" answers 503 rather than start the client over elsewhere', async () => {
    const stubs = await three();
    const { base } = await startProxy(stubs, { app: { affinity: { cookie: 'aff', onFailure: 'refuse' } } });
    const first = await ask(base);
    await stubs[Number(first.servedBy?.slice(-1)) - 1]?.close();
    for (let i = 0; i < 10; i++) expect((await ask(base, pairOf(first))).status).toBe(503);
    expect((await ask(base)).status).toBe(200);
  });
});

test.each(['admin', 'reload', 'reload of its settings'])(
  'P6: "refuse" answers 503 affinity_lost when the destination was removed (%s), until it is back',
  async (how) => {
    const stubs = await three();
    const app = { affinity: { cookie: 'aff', onFailure: 'refuse' } } as const;
    const { base, port, proxy } = await startProxy(stubs, { app });
    const first = await ask(base);
    const destinations = stubs.map(({ url }, i) => ({ id: `app-${i + 1}`, url }));
    const left = destinations.filter(({ id }) => id !== first.servedBy);
    const gone = destinations.find(({ id }) => id === first.servedBy);
    if (gone === undefined) throw new Error('served by nobody');
    const reload = (list: typeof left, hint?: string) => {
      const upstreams = { app: { ...app, destinations: list, ...(hint && { hint }) } };
      expect(proxy.reload({ listen: { port: 0 }, upstreams, routes: [{ upstream: 'app' }] })).toEqual({ ok: true });
    };
    if (how === 'admin') proxy.removeDestination('app', gone.id);
    else if (how === 'reload') reload(left);
    else reload(left, 'other settings');
    for (let i = 0; i < 4; i++) {
      const answer = await rawRequest(port, `GET / HTTP/1.1\r\nHost: a\r\nCookie: ${pairOf(first)}\r\n\r\n`);
      expect([answer.status, codeOf(answer)]).toEqual([503, 'affinity_lost']);
    }
    expect((await ask(base)).status).toBe(200);
    proxy.addDestination('app', gone);
    expect(await ask(base, pairOf(first))).toMatchObject({ servedBy: gone.id, reason: 'affinity' });
  },
);

test('P6: "redistribute" says that a client was moved from a destination that was removed', async () => {
  const { base, proxy } = await startProxy(await three(), { app: { affinity: { cookie: 'aff' } } });
  const first = await ask(base);
  proxy.removeDestination('app', first.servedBy ?? '');
  expect((await ask(base, pairOf(first))).reason).toBe('redistributed');
});

describe('affinity by client address', () => {
  test.each([undefined, { path: '/' }])(
    'P5: a bound destination that dies is replaced by one other, until it is back',
    async (health) => {
      const stubs = await three();
      const { port, proxy } = await startProxy(stubs, {
        app: { affinity: { by: 'address' }, ...(health && { health }), ejection: { baseMs: 100 } },
        trustedProxies: ['127.0.0.1'],
      });
      const from = async (address: string): Promise<string | undefined> => {
        const answer = await rawRequest(port, `GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${address}\r\n\r\n`);
        expect(answer.status).toBe(200);
        return answer.headers.get('x-served-by');
      };
      const addresses = Array.from({ length: 30 }, (_, index) => `10.0.0.${index}`);
      const homes = new Map<string, string | undefined>();
      for (const address of addresses) homes.set(address, await from(address));
      const dead = stubs[0];
      await dead?.close();
      const seconds = new Map<string, string | undefined>();
      for (let i = 0; i < 6; i++) {
        for (const address of addresses) {
          const by = await from(address);
          if (homes.get(address) !== 'app-1') expect(by).toBe(homes.get(address));
          else expect(by).toBe(seconds.get(address) ?? by);
          seconds.set(address, by);
        }
      }
      const moved = addresses.filter((address) => homes.get(address) === 'app-1');
      expect(moved.length).toBeGreaterThan(1);
      expect(new Set(moved.map((address) => seconds.get(address)))).not.toContain('app-1');
      dead?.server.listen(dead.port, '127.0.0.1');
      await waitFor(() => dead?.server.listening === true);
      await waitFor(() => proxy.upstreams()[0]?.destinations[0]?.state === 'up');
      for (const address of addresses) expect(await from(address)).toBe(homes.get(address));
    },
  );

  test('keeps an address on one destination without a cookie, until that one fails', async () => {
    const stubs = await three();
    const { base } = await startProxy(stubs, { app: { affinity: { by: 'address' } }, trustedProxies: ['127.0.0.1'] });
    const from = async (address: string): Promise<string | null> => {
      const answer = await fetch(base, { headers: { 'x-forwarded-for': address } });
      await answer.text();
      expect(answer.headers.getSetCookie()).toEqual([]);
      return answer.headers.get('x-served-by');
    };
    const home = await from('10.0.0.1');
    for (let i = 0; i < 5; i++) expect(await from('10.0.0.1')).toBe(home);
    await stubs[Number(home?.slice(-1)) - 1]?.close();
    expect(await from('10.0.0.1')).not.toBe(home);
  });
});

describe('drain', () => {
  const app = { affinity: { cookie: 'aff' } };

  test('keeps bound clients and sends no new ones', async () => {
    const { base, proxy } = await startProxy(await three(), { app });
    const bound = await ask(base);
    expect(proxy.drain('app', bound.servedBy ?? '')).toEqual({ ok: true });
    for (let i = 0; i < 9; i++) expect((await ask(base)).servedBy).not.toBe(bound.servedBy);
    expect(await ask(base, pairOf(bound))).toMatchObject({ servedBy: bound.servedBy, reason: 'draining' });
    proxy.undrain('app', bound.servedBy ?? '');
    expect(await ask(base, pairOf(bound))).toMatchObject({ servedBy: bound.servedBy, reason: 'affinity' });
  });

  test('re-issues the cookie elsewhere once its deadline has passed', async () => {
    const { base, proxy } = await startProxy(await three(), { app });
    const bound = await ask(base);
    proxy.drain('app', bound.servedBy ?? '', { deadlineMs: 0 });
    const next = await ask(base, pairOf(bound));
    expect(next.servedBy).not.toBe(bound.servedBy);
    expect(next.reason).toBe('redistributed');
    expect(pairOf(next)).not.toBe('');
  });

  test('when all drain, new clients get 503', async () => {
    const { base, proxy } = await startProxy(await three(), { app });
    for (const id of ['app-1', 'app-2', 'app-3']) proxy.drain('app', id);
    expect((await ask(base)).status).toBe(503);
  });

  test('"whenDraining: move" gives bound clients another destination at once, with a new cookie', async () => {
    const moving = { affinity: { ...app.affinity, whenDraining: 'move' as const, onFailure: 'refuse' as const } };
    const { base, proxy } = await startProxy(await three(), { app: moving });
    const bound = await ask(base);
    proxy.drain('app', bound.servedBy ?? '', { deadlineMs: 60_000 });
    const next = await ask(base, pairOf(bound));
    expect(next).toMatchObject({ status: 200, reason: 'redistributed' });
    expect(next.servedBy).not.toBe(bound.servedBy);
    expect(await ask(base, pairOf(next))).toMatchObject({ servedBy: next.servedBy, reason: 'affinity' });
  });
});

describe("with the application's cookie", () => {
  const app = { affinity: { cookie: 'aff', appCookie: 'sid' } };

  /** Servers that answer POST with a session. */
  const loggingIn = () =>
    Promise.all(
      [1, 2, 3].map(() =>
        httpStub(({ method }, outgoing) => {
          if (method === 'POST') outgoing.setHeader('set-cookie', ['x=1; Path=/', 'sid=abc; Path=/; HttpOnly']);
          outgoing.end('ok');
        }),
      ),
    );

  const logIn = async (base: string) => {
    const answer = await fetch(base, { method: 'POST' });
    await answer.text();
    const cookies = answer.headers.getSetCookie();
    return {
      servedBy: answer.headers.get('x-served-by'),
      binding: cookies.find((line) => line.startsWith('aff='))?.split(';')[0] ?? '',
      cookies,
    };
  };

  test('a client is not bound before an answer sets it', async () => {
    const { base } = await startProxy(await loggingIn(), { app });
    const seen = await Promise.all([1, 2, 3].map(() => ask(base)));
    expect(seen.map(({ setCookie }) => setCookie)).toEqual([undefined, undefined, undefined]);
    expect((await logIn(base)).cookies.map((line) => line.slice(0, 4))).toEqual(['x=1;', 'sid=', 'aff=']);
  });

  test('a client that sends both stays, and one that sends either alone does not', async () => {
    const { base } = await startProxy(await loggingIn(), { app });
    const { servedBy, binding } = await logIn(base);
    for (let n = 0; n < 4; n++) {
      expect(await ask(base, `${binding}; sid=abc`)).toMatchObject({ servedBy, reason: 'affinity' });
    }
    for (const cookie of [binding, 'sid=abc', `${binding}; xsid=abc`]) {
      expect(await ask(base, cookie)).toMatchObject({ reason: 'picked', setCookie: undefined });
    }
  });

  test('a client whose destination is gone is bound to another one without a new cookie of the application', async () => {
    const { base, proxy } = await startProxy(await loggingIn(), { app });
    const { servedBy, binding } = await logIn(base);
    proxy.removeDestination('app', servedBy ?? '');
    const moved = await ask(base, `${binding}; sid=abc`);
    expect(moved.reason).toBe('redistributed');
    expect(await ask(base, `${pairOf(moved)}; sid=abc`)).toMatchObject({
      servedBy: moved.servedBy,
      reason: 'affinity',
    });
  });
});
