import { expect, test } from '@jest/globals';
import cutSubscriber from '../src/runners/cut-subscriber.js';

const missingBy = async (by: string) => {
  const task = { experiment: 'cut-subscriber', arm: by, block: 1, options: cutSubscriber.options.parse({ by }) };
  const [run] = await cutSubscriber.run(task, () => undefined);
  return run?.counted;
};

test('PUBLISH and SUBSCRIBE lose what is said while a reader is cut off, and chat gives it to every reader afterwards', async () => {
  const raw = (await missingBy('publish-subscribe'))?.deliveriesMissing;
  expect(raw?.of).toBe(200);
  expect(raw?.hit).toBeGreaterThan(20);
  expect(await missingBy('chat')).toEqual({
    deliveriesMissing: { hit: 0, of: 2_000 },
    'deliveriesMissing.ownSocket': { hit: 0, of: 200 },
  });
}, 240_000);
