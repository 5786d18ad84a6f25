import { afterEach, expect, test } from '@jest/globals';
import type { ProxyConfig } from '../src/index.js';
import { cleanUp, httpStub, startProxy } from './support/start-proxy.js';
import { waitFor } from './support/wait-for.js';

afterEach(cleanUp);

type Split = NonNullable<ProxyConfig['routes'][number]['split']>;

/** Two upstreams of one destination each behind one route. */
async function config(split: Partial<Split>): Promise<Partial<ProxyConfig>> {
  const [old, next] = await Promise.all([1, 2].map(() => httpStub((_, outgoing) => void outgoing.end('ok'))));
  return {
    affinitySecrets: ['a-secret-of-sufficient-length'],
    upstreams: {
      old: { destinations: [{ id: 'old-1', url: old?.url ?? '' }] },
      next: { destinations: [{ id: 'next-1', url: next?.url ?? '' }] },
    },
    routes: [{ path: '/', upstream: 'old', split: { others: [{ upstream: 'next', weight: 1 }], ...split } }],
  };
}

async function ask(base: string, cookie = '') {
  const answer = await fetch(base, { headers: { cookie } });
  await answer.text();
  const [line] = answer.headers.getSetCookie();
  return { by: answer.headers.get('x-served-by'), line, cookie: line?.split(';')[0] ?? '' };
}

test('requests are spread by weight', async () => {
  const { base } = await startProxy([], await config({ weight: 2 }));
  const seen = [];
  for (let n = 0; n < 9; n++) seen.push((await ask(base)).by);
  expect(seen.filter((by) => by === 'next-1')).toHaveLength(3);
});

test('a client that got a cookie stays with its upstream, also at another proxy with the same secrets', async () => {
  const settings = await config({ cookie: 'release' });
  const [one, two] = [await startProxy([], settings), await startProxy([], settings)];
  const clients = [await ask(one.base), await ask(one.base)];
  expect(new Set(clients.map(({ by }) => by)).size).toBe(2);
  for (const { by, line, cookie } of clients) {
    expect(line).toMatch(/^release=[\w-]+\.[\w-]+; Path=\/; HttpOnly; SameSite=Lax$/);
    for (const { base } of [one, one, one, two]) expect(await ask(base, cookie)).toMatchObject({ by, line: undefined });
  }
});

test('the cookie ends after its time, and one that was made up counts as none', async () => {
  const { base } = await startProxy([], await config({ cookie: 'release', maxAgeSeconds: 1 }));
  const { by, cookie, line } = await ask(base);
  expect(line).toContain('; Max-Age=1');
  expect((await ask(base, cookie)).by).toBe(by);
  await waitFor(async () => (await ask(base, cookie)).line !== undefined);
  expect((await ask(base, 'release=made.up')).cookie).toMatch(/^release=/);
});

test('a client of an upstream that left the route is spread anew', async () => {
  const settings = await config({ cookie: 'release', weight: 0 });
  const { base, proxy } = await startProxy([], settings);
  const { by, cookie } = await ask(base);
  expect(by).toBe('next-1');
  const others = [{ upstream: 'old', weight: 1 }];
  const reloaded = proxy.reload({
    ...{ listen: { port: 0 }, upstreams: settings.upstreams ?? {}, affinitySecrets: settings.affinitySecrets ?? [] },
    routes: [{ path: '/', upstream: 'old', split: { others, cookie: 'release' } }],
  });
  expect(reloaded).toEqual({ ok: true });
  expect((await ask(base, cookie)).by).toBe('old-1');
});

test('the cookie of a split goes with the affinity cookie of the upstream', async () => {
  const settings = await config({ cookie: 'release' });
  const app = { ...settings.upstreams?.old, affinity: { cookie: 'aff' } } as ProxyConfig['upstreams'][string];
  const { base } = await startProxy([], { ...settings, upstreams: { ...settings.upstreams, old: app, next: app } });
  const answer = await fetch(base);
  await answer.text();
  expect(answer.headers.getSetCookie().map((line) => line.split('=')[0])).toEqual(['release', 'aff']);
});
