import { describe, expect, test } from '@jest/globals';
import { parseRouteNote } from './route-note.js';

describe('x-route', () => {
  test('is read into its parts', () => {
    expect(parseRouteNote('policy=ip-hash;reason=retried;attempts=2')).toEqual({
      policy: 'ip-hash',
      reason: 'retried',
      attempts: 2,
    });
  });

  test.each([null, '', 'nonsense', 'policy=ip-hash'])('says nothing when the header is %j', (header) => {
    expect(parseRouteNote(header)).toBeNull();
  });
});
