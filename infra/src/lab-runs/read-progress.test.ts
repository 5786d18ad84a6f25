import { describe, expect, test } from '@jest/globals';
import { readProgress } from './read-progress.js';

describe('the progress of a comparison', () => {
  test('is read from the lab’s line, with and without an estimate', () => {
    expect(readProgress('░░░░ 0/14  starting 3 scenarios')).toEqual({
      ...{ done: 0, of: 14, left: null },
      doing: 'starting 3 scenarios',
    });
    expect(readProgress('██░░ 7/14  about 1:10 left  crash: ip-hash-local, block 2')).toEqual({
      ...{ done: 7, of: 14, left: '1:10' },
      doing: 'crash: ip-hash-local, block 2',
    });
  });

  test('is not read from other lines', () => {
    expect(readProgress('… building (10 s so far)')).toBeUndefined();
    expect(readProgress('3/4  of the disk is full')).toBeUndefined();
  });
});
