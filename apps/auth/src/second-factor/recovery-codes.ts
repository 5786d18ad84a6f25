import { createHash, randomInt } from 'node:crypto';

const COUNT = 10;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const LENGTH = 24;

/** Ten codes of 120 random bits, in groups of six. Enough bits that a plain digest cannot be searched. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: COUNT }, () => {
    const code = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
    return code.replace(/(.{6})(?=.)/g, '$1-');
  });
}

/** The form in which a code is stored. Dashes do not count. */
export function recoveryDigest(code: string): string {
  return createHash('sha256').update(code.replaceAll('-', '')).digest('base64url');
}
