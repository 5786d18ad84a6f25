import { describe, expect, test } from '@jest/globals';
import { type Client, PASSWORD, uniqueName } from './clients.js';
import type { Target } from './target.js';

/** Lines 24 to 30. */
export function login(target: () => Target): void {
  const client = (): Client => target().client;

  describe('a login', () => {
    test('24: of an unknown user and one with a wrong password look the same', async () => {
      const { name } = await client().register();
      const [wrong, unknown] = [
        await client().login(name, 'wrong password'),
        await client().login(uniqueName(), 'wrong password'),
      ];
      const seen = ({ status, text, headers }: Awaited<ReturnType<Client['login']>>) => ({
        status,
        body: { ...JSON.parse(text), requestId: '' },
        names: [...headers.keys()].sort(),
      });
      expect(seen(wrong)).toEqual(seen(unknown));
      expect(wrong.status).toBe(401);
    });

    test('26: is refused after ten failures, by every instance, whatever address it claims', async () => {
      const { name } = await client().register();
      for (let n = 0; n < 10; n++) expect(await fromUntrusted(name, `wrong ${n}`, n)).toMatch(/^HTTP\/1\.1 401/);
      const served = new Set<string | undefined>();
      for (let n = 0; n < 4; n++) {
        const refused = await fromUntrusted(name, PASSWORD, n);
        expect(refused).toMatch(/^HTTP\/1\.1 429/);
        expect(Number(/^retry-after: (\d+)/im.exec(refused)?.[1])).toBeGreaterThan(0);
        served.add(/^x-served-by: (\S+)/im.exec(refused)?.[1]);
      }
      expect([...served].sort()).toEqual(['auth-1', 'auth-2']);
      // The owner is at another address.
      expect((await client().login(name)).status).toBe(200);
    });

    test('28: does not stall other requests while fifty are under way', async () => {
      const { name, cookie } = await client().register();
      let done = 0;
      const logins = Array.from({ length: 50 }, async () => {
        const { status } = await client().login(name);
        done += 1;
        return status;
      });
      // The unit is logins, not milliseconds, because both take longer on a busy machine.
      const overtakenBy: number[] = [];
      for (let n = 0; n < 10; n++) {
        const before = done;
        expect((await client().send('GET', '/auth/me', { cookie })).status).toBe(200);
        overtakenBy.push(done - before);
      }
      expect(Math.min(...overtakenBy)).toBeLessThanOrEqual(4);
      expect(done).toBeLessThan(50);
      expect(await Promise.all(logins)).toEqual(Array(50).fill(200));
    }, 60_000);

    /** A login from an address that the gateway does not trust, which claims another one each time. */
    function fromUntrusted(username: string, password: string, n: number): Promise<string> {
      const body = JSON.stringify({ username, password });
      const fields = [`Host: ${client().host}`, `X-Forwarded-For: 10.1.2.${n}`, `X-Real-IP: 10.1.2.${n}`];
      const about = ['Content-Type: application/json', `Content-Length: ${body.length}`, 'Connection: close'];
      return client().bytes(`POST /auth/login HTTP/1.1\r\n${[...fields, ...about].join('\r\n')}\r\n\r\n${body}`, {
        from: '127.0.0.2',
      });
    }
  });

  describe('a registration', () => {
    test('25: says of a taken name only that it is taken', async () => {
      const { name } = await client().register();
      const taken = await client().send('POST', '/auth/register', {
        body: { username: name.toUpperCase(), password: PASSWORD },
      });
      expect(taken.status).toBe(409);
      expect(JSON.parse(taken.text).code).toBe('name_taken');
    });

    test('27: takes passwords of 8 to 64 characters and more, whole, and no common one', async () => {
      const statusOf = async (password: string) =>
        (await client().send('POST', '/auth/register', { body: { username: uniqueName(), password } })).status;
      expect(await statusOf('7 chars')).toBe(400);
      expect(await statusOf('password1')).toBe(400);
      const name = uniqueName();
      const long = `${'long enough '.repeat(8)}end`;
      expect((await client().send('POST', '/auth/register', { body: { username: name, password: long } })).status).toBe(
        201,
      );
      expect((await client().login(name, long.slice(0, -1))).status).toBe(401);
      expect((await client().login(name, long)).status).toBe(200);
    });

    test('29: with a password of a megabyte is refused before it is hashed', async () => {
      const began = performance.now();
      const answer = await client().send('POST', '/auth/register', {
        body: { username: uniqueName(), password: 'x'.repeat(1_000_000) },
      });
      expect(answer.status).toBe(413);
      expect(performance.now() - began).toBeLessThan(1_000);
    });

    test('30: with something else than texts is refused', async () => {
      const name = uniqueName();
      for (const raw of [
        `{"username":{"$ne":""},"password":{"$ne":""}}`,
        `{"username":["${name}"],"password":["${PASSWORD}"]}`,
        `{"username":"${name}","password":"${PASSWORD}","__proto__":{"admin":true}}`,
        `{"username":"${name}","password":"${PASSWORD}","admin":true}`,
        `[]`,
        `null`,
      ]) {
        for (const path of ['/auth/register', '/auth/login']) {
          const { status } = await client().send('POST', path, {
            raw,
            headers: { 'content-type': 'application/json' },
          });
          expect({ path, raw, status }).toEqual({ path, raw, status: 400 });
        }
      }
    });
  });
}
