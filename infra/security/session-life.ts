import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Client } from './clients.js';
import type { Target } from './target.js';

/** Answers with a challenge that the session keeps. */
const WRITES_SESSION = '/auth/login/passkey/options';
const SERVICES = ['/auth/me', '/todos', '/chat/rooms/lobby/presence'];

function sidOf(cookies: readonly string[]): string {
  const cookie = cookies.find((one) => one.startsWith('hf_sid=')) ?? '';
  return decodeURIComponent(cookie).slice('hf_sid=s:'.length).split('.')[0] ?? '';
}

/** Lines 1 to 6, 8, 9, 11 to 14, and 23. */
export function sessionLife(target: () => Target): void {
  const client = (): Client => target().client;
  const statusWith = async (cookie: string, path = '/auth/me') => (await client().send('GET', path, { cookie })).status;

  describe('a session', () => {
    test('1: has a sid of at least 128 random bits, never one of ten thousand others', async () => {
      const sids: string[] = [];
      const ask = async () => {
        for (let n = 0; n < 500; n++) sids.push(sidOf((await client().send('POST', WRITES_SESSION)).cookies));
      };
      await Promise.all(Array.from({ length: 20 }, ask));
      expect(new Set(sids).size).toBe(10_000);
      const { cookie } = await client().register();
      // The characters after the place in the store are random: each of 64 is seen at each position.
      for (const sid of [...sids, sidOf([cookie])]) expect(sid).toMatch(/^[0-9a-f]{2}~[\w-]{22,}$/);
      for (let at = 3; at < 3 + 22; at++) expect(new Set(sids.map((sid) => sid[at])).size).toBe(64);
    }, 90_000);

    test('2, 3: of an invented, unsigned or tampered cookie does not exist', async () => {
      const { cookie } = await client().register();
      const value = decodeURIComponent(cookie.slice('hf_sid='.length));
      const [sid = '', signature = ''] = value.slice(2).split('.');
      const flipped = `${signature.slice(0, -2)}${signature.endsWith('AA') ? 'BB' : 'AA'}`;
      for (const wrong of [
        sid,
        `s:${sid}`,
        `s:${sid}.`,
        `s:${sid}.${flipped}`,
        `s:invented.${signature}`,
        's:.',
        '%',
        '',
      ]) {
        const answer = await client().send('GET', '/auth/me', { cookie: `hf_sid=${encodeURIComponent(wrong)}` });
        expect({ wrong, status: answer.status }).toEqual({ wrong, status: 401 });
      }
      expect(await statusWith(cookie)).toBe(200);
    });

    test('4: has a new sid after each login and password change, and the old one is dead', async () => {
      const { name, cookie } = await client().register();
      const again = await client().send('POST', '/auth/login', {
        body: { username: name, password: 'correct horse battery staple' },
        cookie,
      });
      const [second = ''] = again.cookies;
      expect(second).toMatch(/^hf_sid=/);
      expect(second).not.toBe(cookie);
      expect(await statusWith(cookie)).toBe(401);
      const change = { current: 'correct horse battery staple', next: 'staple battery horse correct' };
      const changed = await client().send('POST', '/auth/password', { body: change, cookie: second });
      expect(changed.status).toBe(204);
      expect(await statusWith(second)).toBe(401);
      expect(await statusWith(changed.cookies[0] ?? '')).toBe(200);
    });

    test('5: that was logged out gets 401 from every instance of every service within 100 ms', async () => {
      const { cookie } = await client().register();
      for (const path of SERVICES) for (let n = 0; n < 4; n++) expect(await statusWith(cookie, path)).toBe(200);
      expect((await client().send('POST', '/auth/logout', { cookie })).status).toBe(204);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const served = new Set<string | null>();
      for (const path of SERVICES) {
        for (let n = 0; n < 4; n++) {
          const answer = await client().send('GET', path, { cookie });
          expect({ path, status: answer.status }).toEqual({ path, status: 401 });
          served.add(answer.headers.get('x-served-by'));
        }
      }
      expect([...served].sort()).toEqual(['auth-1', 'auth-2', 'chat-1', 'chat-2', 'todo-1', 'todo-2']);
    });

    test('6: stays logged out, whatever was reading and writing it meanwhile, 100 of 100', async () => {
      const { name } = await client().register();
      for (let n = 0; n < 100; n++) {
        const [cookie = ''] = (await client().login(name)).cookies;
        const others = [WRITES_SESSION, WRITES_SESSION, WRITES_SESSION, '/todos', '/auth/me'].map((path) =>
          client().send(path === WRITES_SESSION ? 'POST' : 'GET', path, { cookie }),
        );
        const logout = await client().send('POST', '/auth/logout', { cookie });
        expect(logout.status).toBe(204);
        const answers = await Promise.all(others);
        for (const { status } of answers) expect([200, 401]).toContain(status);
        // Nor does an answer that came late give the browser a login.
        for (const one of [cookie, ...answers.flatMap(({ cookies }) => cookies)])
          expect(await statusWith(one)).toBe(401);
      }
    }, 90_000);

    test('8, 9: can be ended from another device, alone or with all others', async () => {
      const { name, cookie: mine } = await client().register();
      const others = [await client().login(name), await client().login(name)].map(({ cookies }) => cookies[0] ?? '');
      const list = JSON.parse((await client().send('GET', '/auth/sessions', { cookie: mine })).text).sessions;
      expect(list).toHaveLength(3);
      const foreign = await client().register();
      const notTheirs = await client().send('DELETE', `/auth/sessions/${list[0].id}`, { cookie: foreign.cookie });
      expect(notTheirs.status).toBe(404);
      expect((await client().send('DELETE', `/auth/sessions/${list[0].id}`, { cookie: mine })).status).toBe(204);
      expect(await statusWith(others[1] ?? '')).toBe(401);
      expect((await client().send('DELETE', '/auth/sessions', { cookie: mine })).status).toBe(204);
      expect([await statusWith(others[0] ?? ''), await statusWith(mine)]).toEqual([401, 200]);
    });

    test('11: is not found by a sid in the address or in the body', async () => {
      const { cookie } = await client().register();
      const value = cookie.slice('hf_sid='.length);
      expect((await client().send('GET', `/auth/me?hf_sid=${value}`)).status).toBe(401);
      expect((await client().send('GET', `/auth/me;hf_sid=${value}`)).status).not.toBe(200);
      expect((await client().send('POST', '/todos', { body: { title: 'x', hf_sid: value } })).status).toBe(401);
    });

    test('12: is in no log by its sid, and in no list', async () => {
      const { name, cookie } = await client().register();
      const sid = decodeURIComponent(cookie).slice('hf_sid=s:'.length).split('.')[0] ?? 'none';
      const { text } = await client().send('GET', '/auth/sessions', { cookie });
      const activity = await client().send('GET', '/auth/activity', { cookie });
      await client().send('GET', '/todos', { cookie: cookie.replace(/.$/, '') });
      expect(sid.length).toBeGreaterThan(20);
      expect(text + activity.text + target().output()).not.toContain(sid);
      expect(target().output()).not.toMatch(new RegExp(`${name}.*correct horse`));
    });

    test('13: is not made for a stranger who reads', async () => {
      for (const path of ['/', ...SERVICES, '/auth/nothing']) {
        expect((await client().send('GET', path)).cookies.filter((cookie) => cookie.startsWith('hf_sid='))).toEqual([]);
      }
    });

    test('14: whose cookie the old secret signed lives on, and gets a cookie of the new one', async () => {
      const { cookie } = await client().register();
      const sid = decodeURIComponent(cookie).slice('hf_sid=s:'.length).split('.')[0] ?? '';
      const signed = (secret: string) =>
        `hf_sid=${encodeURIComponent(`s:${sid}.${createHmac('sha256', secret).update(sid).digest('base64').replace(/=+$/, '')}`)}`;
      const [current = '', old = ''] = target().secrets;
      expect(signed(current)).toBe(cookie);
      const answer = await client().send('GET', '/auth/me', { cookie: signed(old) });
      expect(answer.status).toBe(200);
      expect(answer.cookies).toContain(cookie);
      expect(await statusWith(signed('a-secret-that-nobody-ever-gave'))).toBe(401);
    });

    test('23: and its answers are stored by no cache', async () => {
      const { cookie } = await client().register();
      for (const path of SERVICES) {
        expect((await client().send('GET', path, { cookie })).headers.get('cache-control')).toContain('no-store');
      }
    });
  });
}
