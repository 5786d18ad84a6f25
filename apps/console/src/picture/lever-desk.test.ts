import { describe, expect, test } from '@jest/globals';
import { LeverDesk } from './lever-desk.js';
import type { Counted, Lever } from './levers.js';

/** A desk whose counts end when the test says so. */
function desk() {
  const told: string[] = [];
  const ends: (() => void)[] = [];
  const count = () => new Promise<Counted>((resolve) => ends.push(() => resolve({ left: [], right: null })));
  return { told, ends, desk: new LeverDesk(count, ({ place, text }) => told.push(`${place} | ${text}`)) };
}
const done: string[] = [];
const lever = (label: string, act = async () => void done.push(label)): Lever => ({ label, will: 'It will.', act });

describe('levers', () => {
  test('are done at once while an earlier one is counted, are counted after it, and it says so', async () => {
    const { told, ends, desk: levers } = desk();
    const pause = levers.pull('left', lever('Pause m-1'));
    await new Promise(setImmediate);
    await levers.pull('right', lever('Resume m-1'));
    expect(done).toEqual(['Pause m-1', 'Resume m-1']);
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await new Promise(setImmediate);
    ends[1]?.();
    await pause;
    expect(told).toEqual([
      'left | Pause m-1 … It will.',
      'right | Resume m-1 … It will.',
      expect.stringMatching(/^left \| Pause m-1: done\..*Before they were over: Resume m-1\.$/),
      expect.stringMatching(/^right \| Resume m-1: done\. .*nobody was signed in\.$/),
    ]);
  });

  test('that fail say why and are not counted', async () => {
    const { told, ends, desk: levers } = desk();
    await levers.pull(
      'left',
      lever('Kill m-1', () => Promise.reject(new Error('It is dead already.'))),
    );
    expect(told.at(-1)).toBe('left | Kill m-1: not done. It is dead already.');
    expect(ends).toEqual([]);
  });

  test('are pulled once by a double press', async () => {
    const { ends, desk: levers } = desk();
    let acts = 0;
    const slow = lever('Add server', async () => void acts++);
    const first = levers.pull('left', slow);
    await levers.pull('left', slow);
    expect(acts).toBe(1);
    await new Promise(setImmediate);
    ends[0]?.();
    await first;
  });
});
