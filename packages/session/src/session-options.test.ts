import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createSessions } from './create-sessions.js';
import { SessionConfigError } from './errors/session-error.js';
import type { CookieOptions } from './options/cookie-options.js';
import { resolveOptions, type SessionOptions } from './session-options.js';

const secrets = ['a-secret-of-enough-length'];

describe('session options', () => {
  test('have defaults for everything but the store and the secrets', () => {
    expect(resolveOptions({ store: 'memory', secrets })).toMatchObject({
      prefix: 'hf:',
      cookieName: 'hf_sid',
      idleMs: 1_800_000,
      absoluteMs: 43_200_000,
      onLimit: 'expire-oldest',
      staleIfErrorMs: 0,
      commandTimeoutMs: 500,
    });
  });

  test('name the cookie __Host- when it is secure', () => {
    expect(resolveOptions({ store: 'memory', secrets, secure: true }).cookieName).toBe('__Host-hf_sid');
  });

  test('are refused with every mistake at once', () => {
    const wrong = { store: 'redis', secrets: ['short'], idleSeconds: 0, maxSessionsPerUser: 0 } as const;
    expect(() => createSessions(wrong)).toThrow(SessionConfigError);
    try {
      createSessions(wrong);
    } catch (error) {
      expect((error as SessionConfigError).mistakes.map((mistake) => mistake.split(':')[0])).toEqual([
        'secrets',
        'redis',
        'idleSeconds',
        'maxSessionsPerUser',
      ]);
    }
  });

  const mistakesOf = (wrong: object): readonly string[] => {
    try {
      resolveOptions({ store: 'memory', secrets, ...wrong } as SessionOptions);
      return [];
    } catch (error) {
      return (error as SessionConfigError).mistakes;
    }
  };

  test.each([
    [{ sameSight: 'lax' }, 'sameSight: is not an option; did you mean sameSite?'],
    [{ ttl: 60 }, 'ttl: is not an option; did you mean idleSeconds?'],
    [{ secret: 'x' }, 'secret: is not an option; did you mean secrets?'],
    [{ idleSecond: 60 }, 'idleSecond: is not an option; did you mean idleSeconds?'],
    [{ zebra: 1 }, 'zebra: is not an option'],
    [{ cookie: { maxage: 1000 } }, 'cookie.maxage: is not an option; did you mean cookie.maxAge?'],
    [{ nearCache: { maxSession: 5 } }, 'nearCache.maxSession: is not an option; did you mean nearCache.maxSessions?'],
  ])('S14: %j is refused', (wrong, mistake) => {
    expect(mistakesOf(wrong)).toEqual([mistake]);
  });

  test.each<[object, RegExp]>([
    [{ sameSite: 'none' }, /^sameSite: browsers take 'none' only with secure: true/],
    [{ sameSite: 'none', secure: 'auto' }, /^sameSite: /],
    [{ sameSite: 'whatever' }, /^sameSite: must be lax, strict or none/],
    [{ partitioned: true }, /^partitioned: browsers take it only with secure: true/],
    [{ domain: 'https://example.com' }, /^domain: must be a host name/],
    [{ domain: 'example.com; Secure' }, /^domain: /],
    [{ path: 'app' }, /^path: must start with/],
    [{ path: '/app; Secure' }, /^path: /],
    [{ maxAge: 30 }, /^maxAge: must be milliseconds/],
    [{ maxAge: '1d' }, /^maxAge: /],
    [{ rolling: 'yes' }, /^rolling: /],
    [{ secure: 'true' }, /^secure: must be true, false or 'auto'/],
    [{ cookieName: '__Host-x' }, /^cookieName: the __Host- prefix needs secure/],
    [{ cookieName: '__Host-x', secure: true, domain: 'example.com' }, /allows no domain/],
    [{ cookieName: '__Secure-x' }, /^cookieName: the __Secure- prefix needs secure/],
    [{ cookie: { httpOnly: false } }, /^cookie.httpOnly: can only be true/],
    [{ secure: true, cookie: { secure: false } }, /^secure: differs from cookie.secure/],
    [{ idleSeconds: '1800' }, /^idleSeconds: must be a number/],
    [{ idleSeconds: Number.NaN }, /^idleSeconds: must be a number/],
    [{ nearCache: { maxSessions: '5' } }, /^nearCache.maxSessions: must be a number/],
    [{ serializer: {} }, /^serializer: /],
    [{ secrets: 'a-secret-of-enough-length' }, /^secrets: must be a list/],
  ])('S14: %j is refused for what browsers or the server would make of it', (wrong, mistake) => {
    expect(mistakesOf(wrong).join()).toMatch(mistake);
  });

  test('S14: options of the cookie may stand in `cookie`, as in express-session', () => {
    const cookie = { sameSite: 'none', secure: true, partitioned: true, httpOnly: true } as const;
    expect(resolveOptions({ store: 'memory', secrets, cookie })).toMatchObject({
      ...{ sameSite: 'none', secure: true, partitioned: true, cookieName: '__Host-hf_sid' },
    });
  });

  test('S14: the name has the prefix that browsers allow', () => {
    const nameOf = (cookie: CookieOptions) => resolveOptions({ store: 'memory', secrets, ...cookie }).cookieName;
    expect(nameOf({ secure: true, domain: 'example.com' })).toBe('__Secure-hf_sid');
    expect(nameOf({ secure: true, path: '/app' })).toBe('__Secure-hf_sid');
    expect(nameOf({ secure: 'auto' })).toBe('hf_sid');
  });

  test('S14: a session lives as long as its persistent cookie, unless the lifetimes are given', () => {
    const day = 86_400_000;
    expect(resolveOptions({ store: 'memory', secrets, maxAge: 30 * day })).toMatchObject({
      ...{ idleMs: 30 * day, absoluteMs: 30 * day },
    });
    expect(resolveOptions({ store: 'memory', secrets, maxAge: 30 * day, idleSeconds: 60 })).toMatchObject({
      ...{ idleMs: 60_000, absoluteMs: 30 * day },
    });
    expect(resolveOptions({ store: 'memory', secrets, absoluteSeconds: 60 })).toMatchObject({ idleMs: 60_000 });
  });

  describe('in production', () => {
    let warnings: string[];
    const { NODE_ENV } = process.env;

    beforeEach(() => {
      warnings = [];
      process.env.NODE_ENV = 'production';
      jest.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)));
    });
    afterEach(() => {
      process.env.NODE_ENV = NODE_ENV;
      jest.restoreAllMocks();
    });

    test.each([
      'aaaaaaaaaaaaaaaa',
      'abababababababababab',
      'abcdefghijklmnopqrstuvwxyz',
      '0123456789abcdef',
      'keyboard cat keyboard dog',
      'change-me-before-production',
      'your-secret-key-goes-here',
      'MySuperSecretSecret!',
      'p4ssw0rd-password-x',
    ])('S9: the weak secret %j is refused, by its place', (secret) => {
      const mistakes = mistakesOf({ secrets: [...secrets, secret] });
      expect(mistakes).toHaveLength(1);
      expect(mistakes[0]).toMatch(/^secrets: number 2 .*use a random one/);
      expect(mistakes[0]).not.toContain(secret);
    });

    test('S9: random secrets are taken', () => {
      for (let n = 0; n < 200; n += 1) {
        const random = [randomBytes(32).toString('base64url'), randomBytes(16).toString('hex')];
        expect(mistakesOf({ secrets: random, secure: true })).toEqual([]);
      }
      expect(warnings).toEqual([]);
    });

    test('S9: a cookie over plain HTTP is warned about', () => {
      resolveOptions({ store: 'memory', secrets });
      expect(warnings.join()).toMatch(/plain HTTP/);
    });

    test('S9: elsewhere a weak secret is only warned about', () => {
      process.env.NODE_ENV = 'development';
      expect(mistakesOf({ secrets: ['aaaaaaaaaaaaaaaa'] })).toEqual([]);
      expect(warnings.join()).toMatch(/secrets: number 1 has too few different characters/);
    });
  });
});
