import { withoutCookie } from '../affinity/read-cookie.js';

/** A request's head without the cookies called `name`. */
export function hideCookie(headText: string, name: string): string {
  return headText.replace(/\r\n(cookie):([^\r\n]*)/gi, (_, field: string, value: string) => {
    const left = withoutCookie(value, name);
    return left === '' ? '' : `\r\n${field}: ${left}`;
  });
}
