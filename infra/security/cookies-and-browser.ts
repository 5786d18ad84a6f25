import { describe, expect, test } from '@jest/globals';
import { type Client, PASSWORD, uniqueName } from './clients.js';
import type { Target } from './target.js';

/** Lines 15 to 22. */
export function cookiesAndBrowser(target: () => Target): void {
  const client = (): Client => target().client;

  describe('cookies', () => {
    test('15: of sessions are HttpOnly and SameSite=Lax, for the whole host and no other', async () => {
      const answer = await client().send('POST', '/auth/register', {
        body: { username: uniqueName(), password: PASSWORD },
      });
      const [cookie = ''] = answer.headers.getSetCookie().filter((line) => line.startsWith('hf_sid='));
      const attributes = cookie
        .split(';')
        .slice(1)
        .map((attribute) => attribute.trim());
      expect(attributes).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Lax', 'Path=/']));
      expect(cookie).not.toMatch(/domain/i);
    });

    test('16: of affinity are opaque and HttpOnly; a forged one picks nothing', async () => {
      const sticky = { host: `sticky-cookie-cached.localhost:${new URL(client().url).port}` };
      const ask = (cookie = '') =>
        client().bytes(
          `GET /auth/me HTTP/1.1\r\nHost: ${sticky.host}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`,
        );
      const first = await ask();
      const line = /^set-cookie: (\w+=[^;\r]+)([^\r]*)\r$/im.exec(first);
      const [, cookie = '', attributes = ''] = line ?? [];
      const served = (answer: string) => /^x-served-by: (\S+)/im.exec(answer)?.[1];
      expect(attributes).toMatch(/HttpOnly/i);
      expect(decodeURIComponent(cookie)).not.toMatch(/auth-\d|127\.0|:\d{4,5}/);
      const bound = new Set<string | undefined>();
      for (let n = 0; n < 6; n++) bound.add(served(await ask(cookie)));
      expect([...bound]).toEqual([served(first)]);
      const [name = '', value = ''] = cookie.split('=');
      const forged = `${name}=${value.slice(0, -3)}${value.endsWith('AAA') ? 'BBB' : 'AAA'}`;
      const reasons = new Set<string | undefined>();
      for (let n = 0; n < 6; n++) reasons.add(/reason=(\w+)/.exec(await ask(forged))?.[1]);
      expect([...reasons]).toEqual(['picked']);
    });

    test('17: of two sessions are read the same way each time', async () => {
      const [one, two] = [await client().register(), await client().register()];
      const names = new Set<string>();
      for (let n = 0; n < 6; n++) {
        const answer = await client().send('GET', '/auth/me', { cookie: `${one.cookie}; ${two.cookie}` });
        names.add(JSON.parse(answer.text).user.name);
      }
      expect([...names]).toEqual([one.name]);
    });

    test('18: of 16 KB are refused with 431', async () => {
      const cookie = `a=${'x'.repeat(16 * 1024)}`;
      expect(
        await client().statusOf(`GET /auth/me HTTP/1.1\r\nHost: ${client().host}\r\nCookie: ${cookie}\r\n\r\n`),
      ).toBe(431);
      expect((await client().send('GET', '/auth/me')).status).toBe(401);
    });
  });

  describe('a page of another origin', () => {
    test('19: changes nothing', async () => {
      const { cookie } = await client().register();
      const body = { title: 'planted' };
      for (const headers of [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
      ]) {
        const answer = await client().send('POST', '/todos', { body, cookie, headers });
        expect({ headers, status: answer.status }).toEqual({ headers, status: 403 });
      }
      const plain = await client().send('POST', '/todos', {
        raw: JSON.stringify(body),
        cookie,
        headers: { 'content-type': 'text/plain' },
      });
      expect(plain.status).toBe(403);
      expect((await client().send('GET', '/todos', { cookie })).text).not.toContain('planted');
    });

    test('20: cannot change anything by reading', async () => {
      const { cookie } = await client().register();
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        for (const path of ['/auth/logout', '/auth/password', '/auth/sessions/x', '/todos/x']) {
          expect((await client().send(method, path, { cookie })).status).toBeGreaterThanOrEqual(400);
        }
      }
      expect((await client().send('GET', '/auth/me', { cookie })).status).toBe(200);
    });

    test('21: may read nothing', async () => {
      const { cookie } = await client().register();
      const answer = await client().send('GET', '/auth/me', { cookie, headers: { origin: 'https://evil.example' } });
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    });

    test('22: can neither frame, nor sniff, nor learn addresses', async () => {
      for (const path of ['/', '/auth/me', '/todos', '/chat/rooms/lobby/messages', '/auth/nothing']) {
        const { headers } = await client().send('GET', path);
        expect({ path, sniff: headers.get('x-content-type-options') }).toEqual({ path, sniff: 'nosniff' });
        expect(headers.get('content-security-policy')).toContain('frame-ancestors');
        expect(headers.get('referrer-policy')).toMatch(/no-referrer|same-origin/);
        expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
        expect(headers.get('x-powered-by')).toBeNull();
      }
    });
  });
}
