import { expect, test } from '@jest/globals';
import { RecentSids } from './recent-sids.js';

test('S10: the sids of the old store are kept up to a bound, those used last first', () => {
  const sids = new RecentSids(2);
  for (const sid of ['a', 'b', 'a', 'c']) sids.add(sid);
  expect([...sids]).toEqual(['a', 'c']);
  sids.delete('a');
  expect([sids.has('a'), sids.has('b'), sids.has('c')]).toEqual([false, false, true]);
});
