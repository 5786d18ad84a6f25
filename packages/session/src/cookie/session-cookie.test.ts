import { describe, expect, test } from '@jest/globals';
import { type CookieOptions, cookieSettings } from '../options/cookie-options.js';
import { clearedCookie, readCookies, readSids, sessionCookie } from './session-cookie.js';
import { signSid } from './signed-cookie.js';

const secrets = ['a-secret-of-enough-length'];
const settings = (given: CookieOptions = {}) => ({ ...cookieSettings('hf_sid', false, given), secrets });
const options = settings();

describe('reading a cookie', () => {
  test.each([
    ['hf_sid=1', ['1']],
    ['a=2; hf_sid=1', ['1']],
    ['a=2;hf_sid=1;b=3', ['1']],
    ['xhf_sid=2; hf_sid=1', ['1']],
    ['hf_sid2=2; hf_sid=1', ['1']],
    ['a=hf_sid; hf_sid=1', ['1']],
    ['hf_sid="1"', ['1']],
    ['hf_sid=a%3Ab', ['a:b']],
    ['hf_sid=%E0%A4%A', ['%E0%A4%A']],
    ['hf_sid=1; hf_sid=2', ['1', '2']],
    ['a=hf_sid=9', []],
    ['other=1', []],
    ['', []],
    [undefined, []],
  ])('%j gives %j', (header, values) => {
    expect(readCookies(header, 'hf_sid')).toEqual(values);
  });

  test('S8: finds every sid that one of our keys signed, in order and once, behind bad ones', () => {
    const good = `hf_sid=${encodeURIComponent(signSid('one', secrets[0] ?? ''))}`;
    const other = `hf_sid=${encodeURIComponent(signSid('two', secrets[0] ?? ''))}`;
    const sids = (header: string) => readSids(header, options).map(({ sid }) => sid);
    expect(sids(`hf_sid=s%3Aone.forged; hf_sid=; hf_sid=garbage; ${good}`)).toEqual(['one']);
    expect(sids(`${other}; ${good}; ${other}`)).toEqual(['two', 'one']);
  });

  test('S8: tries a bounded number of cookies', () => {
    expect(readCookies('hf_sid=1; '.repeat(5000), 'hf_sid')).toHaveLength(8);
  });
});

describe('the session cookie', () => {
  const lineOf = (given: CookieOptions, isTls = false) =>
    sessionCookie('sid-1', settings(given), isTls).split('; ').slice(1);

  test('is HttpOnly, SameSite=Lax, for the whole site, without Domain or Expires, and reads back', () => {
    const line = sessionCookie('sid-1', options, false);
    expect(line.split('; ').slice(1)).toEqual(['Path=/', 'HttpOnly', 'SameSite=Lax']);
    expect(readSids(line.split(';')[0], options)).toEqual([{ sid: 'sid-1', isOldKey: false }]);
  });

  test('is Secure under TLS', () => {
    expect(lineOf({ secure: true })).toContain('Secure');
  });

  test("S14: with secure: 'auto' it is Secure where the request came over TLS", () => {
    expect(lineOf({ secure: 'auto' }, true)).toContain('Secure');
    expect(lineOf({ secure: 'auto' }, false)).not.toContain('Secure');
  });

  test('S14: has the attributes that the options say', () => {
    const embedded = { sameSite: 'none', secure: true, partitioned: true } as const;
    expect(lineOf(embedded)).toEqual(['Path=/', 'HttpOnly', 'SameSite=None', 'Secure', 'Partitioned']);
    expect(lineOf({ domain: '.example.com', path: '/app', sameSite: 'strict' })).toEqual([
      ...['Domain=example.com', 'Path=/app', 'HttpOnly', 'SameSite=Strict'],
    ]);
  });

  test('S14: outlives the browser for maxAge', () => {
    const [maxAge, expires] = lineOf({ maxAge: 86_400_000 }).slice(-2);
    expect(maxAge).toBe('Max-Age=86400');
    const until = Date.parse(expires?.slice('Expires='.length) ?? '');
    expect(Math.abs(until - Date.now() - 86_400_000)).toBeLessThan(2000);
  });

  test('is removed with the same attributes', () => {
    expect(clearedCookie(options, false)).toBe(
      'hf_sid=; Path=/; HttpOnly; SameSite=Lax; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    );
    expect(clearedCookie(settings({ domain: 'example.com', maxAge: 5000, secure: true }), false)).toBe(
      'hf_sid=; Domain=example.com; Path=/; HttpOnly; SameSite=Lax; Secure; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    );
  });
});
