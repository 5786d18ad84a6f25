import { describe, expect, it } from '@jest/globals';
import { clearedCookie, readCookie, readSid, sessionCookie } from './session-cookie.js';

const options = { cookieName: 'hf_sid', secure: false, secrets: ['a-secret-of-enough-length'] };

describe('reading a cookie', () => {
  it.each([
    ['hf_sid=1', '1'],
    ['a=2; hf_sid=1', '1'],
    ['a=2;hf_sid=1;b=3', '1'],
    ['xhf_sid=2; hf_sid=1', '1'],
    ['hf_sid2=2; hf_sid=1', '1'],
    ['a=hf_sid; hf_sid=1', '1'],
    ['hf_sid="1"', '1'],
    ['hf_sid=a%3Ab', 'a:b'],
    ['hf_sid=%E0%A4%A', '%E0%A4%A'],
    ['hf_sid=1; hf_sid=2', '1'],
    ['a=hf_sid=9', undefined],
    ['other=1', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j gives %j', (header, value) => {
    expect(readCookie(header, 'hf_sid')).toBe(value);
  });
});

describe('the session cookie', () => {
  it('is HttpOnly, SameSite=Lax, for the whole site, without Domain or Expires, and reads back', () => {
    const line = sessionCookie('sid-1', options);
    expect(line.split('; ').slice(1)).toEqual(['Path=/', 'HttpOnly', 'SameSite=Lax']);
    expect(readSid(line.split(';')[0], options)).toBe('sid-1');
  });

  it('is Secure under TLS', () => {
    expect(sessionCookie('sid-1', { ...options, secure: true })).toMatch(/; Secure$/);
  });

  it('is removed with the same attributes', () => {
    expect(clearedCookie(options)).toBe(
      'hf_sid=; Path=/; HttpOnly; SameSite=Lax; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    );
  });
});
