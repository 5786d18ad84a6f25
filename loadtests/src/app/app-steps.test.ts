import { expect, test } from '@jest/globals';
import { fill, isAcknowledged, isLoggedOut, takeFrom, whyUnexpected } from '../../journeys/app-steps.js';
import type { AppStep } from './app-step.js';

const answer = { status: 200, headers: { location: '/x' }, body: '<b>ada</b> {}', cookies: { XSRF: 't1' } };
const step: AppStep = {
  ...{ name: 'check', method: 'GET', path: '/', headers: {}, expect: [200], take: {}, follow: false, once: false },
  ...{ together: 1, loggedOutIf: { status: [401], redirect: ['/login'] } },
};

test('values are put into texts, lists and mappings; an unknown name stays', () => {
  expect(fill({ a: ['x-${n}', 1], b: '${who}' }, { n: '7' })).toEqual({ a: ['x-7', 1], b: '${who}' });
});

test.each([
  [{ status: 401 }, true],
  [{ status: 302, headers: { location: 'http://localhost:1/login?next=%2Fcart' } }, true],
  [{ status: 302, headers: { location: '/login/help' } }, false],
  [{ status: 200, headers: { location: '/login' } }, false],
])('%j asks for a login: %s', (part, out) => {
  expect(isLoggedOut(step, { ...answer, ...part })).toBe(out);
});

test('a redirect to the login acknowledges nothing, also where a redirect is expected', () => {
  const form = { ...step, expect: [302] };
  const redirect = (location: string) => ({ ...answer, status: 302, headers: { location } });
  expect(isAcknowledged(form, redirect('/cart'))).toBe(true);
  expect(isAcknowledged(form, redirect('/login?next=/cart'))).toBe(false);
});

test('a page can say that nobody is logged in', () => {
  expect(isLoggedOut({ loggedOutIf: { status: [], redirect: [], contains: '<b>ada' } }, answer)).toBe(true);
});

test('what is expected is a status, any of a hundred, and a part of the body', () => {
  expect(whyUnexpected(step, answer)).toBeUndefined();
  expect(whyUnexpected(step, { ...answer, status: 204 })).toBeUndefined();
  expect(whyUnexpected({ ...step, expect: [201] }, answer)).toBe(
    'the status is 200, which leads to /x; 201 was expected',
  );
  expect(whyUnexpected({ ...step, contains: 'bob' }, answer)).toBe('the body does not contain "bob"');
  expect(whyUnexpected(step, { ...answer, status: 0 })).toBe('no answer came');
});

test('values are taken from body, JSON, header and cookie; what is not there is named', () => {
  const take = {
    who: { regex: '<b>(\\w+)' },
    to: { header: 'Location' },
    csrf: { cookie: 'XSRF' },
    id: { json: 'user.id' },
  };
  expect(takeFrom({ take }, answer)).toEqual({ taken: { who: 'ada', to: '/x', csrf: 't1' }, missing: ['id'] });
  expect(takeFrom({ take: { id: { json: 'user.id' } } }, { ...answer, body: '{"user":{"id":7}}' }).taken).toEqual({
    id: '7',
  });
});
