import { COMMON_PASSWORDS } from './common-passwords.data.js';

const known = new Set(COMMON_PASSWORDS.split(/\s+/).filter((word) => word !== ''));

/** Whether a password is one that attackers try first: a well-known one in any case, one character over and over, or the name. */
export function isCommonPassword(password: string, username: string): boolean {
  const folded = password.toLowerCase();
  return known.has(folded) || new Set(folded).size === 1 || folded === username.toLowerCase();
}
