import { describe, expect, test } from '@jest/globals';
import { chatSocketUrl, frameOrigin, labOrigin, placeOf } from './place.js';

describe('the place of the page', () => {
  test('is the comparison at lab.localhost', () => {
    expect(placeOf('lab.localhost')).toEqual({ kind: 'lab' });
  });

  test.each(['ip-hash-local.localhost', 'ip-hash-local.lab.localhost'])('is one scenario at %s', (host) => {
    expect(placeOf(host)).toEqual({ kind: 'scenario', name: 'ip-hash-local' });
  });

  test.each(['localhost', '127.0.0.1', 'a.b.lab.localhost', 'example.com'])('is nothing of its own at %s', (host) => {
    expect(placeOf(host)).toEqual({ kind: 'plain' });
  });

  test('frames scenarios below the page, so that both are one site to the browser', () => {
    expect(
      frameOrigin('ip-hash-local', '8080').endsWith(labOrigin('8080').slice('http:/'.length).replace('/', '.')),
    ).toBe(true);
    expect(labOrigin('')).toBe('http://lab.localhost');
  });

  test('opens the chat by wss where the page came over https', () => {
    expect(chatSocketUrl({ protocol: 'https:', host: 'shop.example' })).toBe('wss://shop.example/chat/socket');
    expect(chatSocketUrl({ protocol: 'http:', host: 'a.localhost:8080' })).toBe('ws://a.localhost:8080/chat/socket');
  });
});
