import { describe, expect, test } from '@jest/globals';
import { signSid, unsignSid } from './signed-cookie.js';

const OLD = 'the-old-secret-of-last-week';
const NEW = 'the-new-secret-of-this-week';

describe('a signed session cookie', () => {
  test('gives back the sid it was made from', () => {
    expect(unsignSid(signSid('abc', NEW), [NEW])).toEqual({ sid: 'abc', isOldKey: false });
  });

  test('is signed as cookie-signature does, so express-session and this package read each other', () => {
    expect(signSid('hello', 'tobiiscool')).toBe('s:hello.DGDUkGlIkCzPz+C0B064FNgHdEjox7ch8tOBGslZ5QI');
  });

  test('is refused when any one character of the signature differs', () => {
    const signed = signSid('abc', NEW);
    for (let at = signed.lastIndexOf('.') + 1; at < signed.length; at += 1) {
      const flipped = signed.slice(0, at) + (signed[at] === 'A' ? 'B' : 'A') + signed.slice(at + 1);
      expect(unsignSid(flipped, [NEW])).toBeUndefined();
    }
  });

  test('is accepted under an old key and signed with the new one', () => {
    expect(unsignSid(signSid('abc', OLD), [NEW, OLD])).toEqual({ sid: 'abc', isOldKey: true });
    expect(unsignSid(signSid('abc', OLD), [NEW])).toBeUndefined();
  });

  test.each(['', 's:', 's:.', 's:abc', 'abc', 's:abc.', '.s:', 's:.abc'])(
    'that is malformed (%j) is no session',
    (value) => {
      expect(unsignSid(value, [NEW])).toBeUndefined();
    },
  );
});
