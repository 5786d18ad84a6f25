import { describe, expect, it } from '@jest/globals';
import { createSessions } from './create-sessions.js';
import { SessionConfigError } from './errors/session-error.js';
import { resolveOptions } from './session-options.js';

const secrets = ['a-secret-of-enough-length'];

describe('session options', () => {
  it('have defaults for everything but the store and the secrets', () => {
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

  it('name the cookie __Host- when it is secure', () => {
    expect(resolveOptions({ store: 'memory', secrets, secure: true }).cookieName).toBe('__Host-hf_sid');
  });

  it('are refused with every mistake at once', () => {
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
});
