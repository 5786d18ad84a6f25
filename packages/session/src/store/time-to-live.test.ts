import { describe, expect, test } from '@jest/globals';
import type { SessionData } from 'express-session';
import { timeToLiveMs } from './time-to-live.js';

const session = (expires?: Date) => ({ cookie: { originalMaxAge: null, expires } }) as unknown as SessionData;

describe('time to live', () => {
  test('S1: a ttl function that returns no number of seconds is refused by name', () => {
    for (const wrong of [undefined, null, Number.NaN, Number.POSITIVE_INFINITY, '1800']) {
      expect(() => timeToLiveMs(session(), () => wrong as number, 0)).toThrow(/ttl: the function returned/);
    }
  });

  test('S1: a ttl that is no number of seconds is refused by name', () => {
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, '1800']) {
      expect(() => timeToLiveMs(session(), wrong as number, 0)).toThrow(/ttl: .*finite number of seconds/);
    }
  });

  test('S1: an invalid date as cookie.expires is refused by name', () => {
    expect(() => timeToLiveMs(session(new Date('x')), 60, 0)).toThrow(/cookie\.expires/);
  });

  test('S1: parts of a millisecond are rounded up, and a time that Redis cannot add up is cut', () => {
    expect(timeToLiveMs(session(), 1.5005, 0)).toBe(1501);
    expect(timeToLiveMs(session(), () => -5, 0)).toBe(-5000);
    expect(timeToLiveMs(session(new Date('9999-12-31')), 60, 0)).toBe(1e13);
  });
});
