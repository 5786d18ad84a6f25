import { afterEach, describe, expect, test } from '@jest/globals';
import { cleanUp, httpStub, type Stub, startProxy } from './support/start-proxy.js';

afterEach(cleanUp);

const secret = 'a-secret-of-sufficient-length';

function three(): Promise<Stub[]> {
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

  test('holds across a restart and a second proxy with the same secrets, rotated ones included (F22)', async () => {
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

  test('counts the distinct clients bound to a destination', async () => {
    const { base, proxy } = await startProxy(await three(), { app });
    for (let i = 0; i < 6; i++) {
      const cookie = pairOf(await ask(base));
      for (let j = 0; j < 3; j++) await ask(base, cookie);
    }
    expect(proxy.upstreams()[0]?.destinations.map(({ boundClients }) => boundClients)).toEqual([2, 2, 2]);
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

describe('affinity by client address', () => {
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
});
