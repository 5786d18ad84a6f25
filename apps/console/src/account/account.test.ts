import { describe, expect, test } from '@jest/globals';
import { activityText } from './activity-text.js';
import { deviceName } from './device-name.js';

describe('the account', () => {
  test.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
      'Chrome on Linux',
    ],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0 Safari/537.36 Edg/131.0', 'Edge on Windows'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1', 'Safari on iOS'],
    ['curl/8.5.0', 'curl'],
    ['', 'Unknown device'],
    [undefined, 'Unknown device'],
  ])('names %s as a person would', (userAgent, name) => {
    expect(deviceName(userAgent)).toBe(name);
  });

  test('tells an event in words, and one that it does not know by its name', () => {
    expect(activityText({ type: 'session.ended', data: { sessionId: 's', reason: 'logout' } })).toBe(
      'a session ended: logout',
    );
    expect(activityText({ type: 'todo.painted', data: {} })).toBe('todo.painted');
    expect(activityText({ type: 'session.started', data: { sessionId: 's' } })).toBe('signed in');
    expect(activityText({ type: 'session.started', data: { sessionId: 's', newNetwork: true } })).toBe(
      'signed in from a new network',
    );
  });
});
