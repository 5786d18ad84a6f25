import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Client } from './clients.js';
import type { Target } from './target.js';

const SERVICES = ['/auth/me', '/todos', '/chat/rooms/lobby/presence'];

/** Lines 1 to 14, and 23. */
export function sessionLife(target: () => Target): void {
  const client = (): Client => target().client;
  const statusWith = async (cookie: string, path = '/auth/me') => (await client().send('GET', path, { cookie })).status;

  describe('a session', () => {
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
