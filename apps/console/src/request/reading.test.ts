import { describe, expect, test } from '@jest/globals';
import type { SessionStore } from '../scenario/catalogue.js';
import { denialSentence, outageSentence } from './reading.js';

const inMemory = { store: 'memory', home: 'monolith-1', fate: 'there' } as const;
const shared = { ...inMemory, store: 'redis' } as const;

describe('why nobody is signed in', () => {
  test.each([
    ['ended', denialSentence('session_ended', 'todo-1', shared), /was ended: by a logout/],
    ['expired', denialSentence('session_expired', 'todo-1', shared), /has expired/],
    [
      'revoked',
      denialSentence('session_revoked', 'todo-1', shared),
      /was revoked: from another device, or by a new password/,
    ],
    ['never known here', denialSentence('session_unknown', 'monolith-2', inMemory), /never knew .* monolith-1 alone/],
    [
      'out of reach',
      denialSentence('session_unknown', 'monolith-2', { ...inMemory, fate: 'away' }),
      /memory of monolith-1, which cannot be reached; whether monolith-1 still has it is not known/,
    ],
    [
      'gone from its server',
      denialSentence('session_unknown', 'monolith-1', inMemory),
      /no longer .* is gone from there/,
    ],
    [
      'lost with its server',
      denialSentence('session_unknown', 'monolith-2', { ...inMemory, fate: 'ended' }),
      /was lost with that server/,
    ],
    [
      'store unreachable',
      outageSentence({ status: 503, code: 'session_unavailable' }, 'redis'),
      /store \(Redis\) is unreachable/,
    ],
  ])('U2, U4: %s has a sentence of its own', (_name, sentence, expected) => {
    expect(sentence).toMatch(expected);
  });

  test('U2: a shared store that does not know a session blames no server, and its outage is nobody’s sign-out', () => {
    expect(denialSentence('session_unknown', 'todo-1', shared)).not.toMatch(/server|memory/);
    expect(outageSentence({ status: 503, code: 'storage_unavailable' }, 'redis')).not.toMatch(/signed out|session/);
  });

  test('U2: what cannot be known is said as that', () => {
    const sentence = denialSentence('session_unknown', 'monolith-2', { ...inMemory, home: null });
    expect(sentence).toMatch(/another server’s memory, or is lost/);
  });

  test('the store that does not answer is called by its name: Memcached where that has the sessions, Redis for all else', () => {
    const sentence = (code: string, store: SessionStore) => outageSentence({ status: 503, code }, store);
    for (const code of ['session_unavailable', 'registered_not_signed_in']) {
      expect(sentence(code, 'memcached')).toBe('The shared store (Memcached) is unreachable.');
      expect(sentence(code, 'redis')).toBe('The shared store (Redis) is unreachable.');
    }
    for (const store of ['memory', 'redis', 'memcached'] as const) {
      expect(sentence('storage_unavailable', store)).toBe('The shared store (Redis) is unreachable.');
    }
  });
});
