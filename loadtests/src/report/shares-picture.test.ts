import { expect, test } from '@jest/globals';
import { sharesPicture } from './shares-picture.js';

const picture = sharesPicture({
  title: 'Who is <out>?',
  groups: [{ title: 'Users logged out', rows: [{ label: 'sticky', hit: 17, of: 50 }] }],
});

test('a picture shows its counts with their intervals, and tells them to those who do not see it', () => {
  expect(picture).toContain('17 of 50 (21.2 % to 48.8 %)');
  expect(picture).toContain('<title id="t">Who is &lt;out&gt;?</title>');
  expect(picture).toContain('<desc id="d">Users logged out: sticky 17 of 50</desc>');
});

test('a picture is a file of its own, in colours of the reader’s light or dark page', () => {
  expect(picture).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox=/);
  expect(picture).not.toMatch(/(?:href|src)=|url\(/);
  expect(picture).toContain('prefers-color-scheme: dark');
});

test('places have two digits after the point, so that the same counts are drawn the same everywhere', () => {
  expect(picture).not.toMatch(/\.\d{3}/);
});
