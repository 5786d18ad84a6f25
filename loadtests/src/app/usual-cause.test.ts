import { expect, test } from '@jest/globals';
import { usualCause } from './usual-cause.js';
import type { Exchange } from './walk.js';

const LOGIN_PAGE = '<form method=post><input name=user><input type=password name=password></form>';

function exchange(method: string, status: number, body = '', headers: Record<string, string> = {}): Exchange {
  return { request: { method, path: '/' }, answer: { status, headers, body } };
}

test.each<[string, string, Exchange[]]>([
  ['a login that shows its form again', 'Login page', [exchange('POST', 200, LOGIN_PAGE), exchange('POST', 302)]],
  ['a login whose answer sets no cookie', 'Secure cookie', [exchange('POST', 302), exchange('GET', 302)]],
  ['a form that was only fetched', 'Secure cookie', [exchange('GET', 200, LOGIN_PAGE), exchange('POST', 302)]],
  ["Django's bare 400 to a page", 'Host check', [exchange('GET', 400, '<h1>Bad Request (400)</h1>')]],
  ['JSON where a form was wanted', 'Wrong body', [exchange('POST', 422, '{}', { 'set-cookie': 'a=1' })]],
  ['a path for another method', 'Wrong method', [exchange('PUT', 405, '', { 'set-cookie': 'a=1' })]],
])('%s: %s', (_, cause, exchanges) => {
  expect(usualCause({ exchanges, wrong: 'so' })).toMatch(new RegExp(`^${cause}:`));
});
