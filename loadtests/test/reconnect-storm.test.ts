import { expect, test } from '@jest/globals';
import storm from '../src/runners/reconnect-storm.js';

const counted = async (options: object) => {
  const task = { experiment: 'reconnect-storm', arm: 'herd', block: 1, options: storm.options.parse(options) };
  const [run] = await storm.run(task, () => undefined);
  return run?.counted;
};

test('sockets that are all cut off at once come back, and each upgrade reads its session once', async () => {
  expect(await counted({ fault: 'kill', sockets: 300 })).toMatchObject({
    ...{ socketsLate: { hit: 0, of: 300 }, socketsTold: { hit: 0, of: 300 } },
    readsTooMany: { hit: 0 },
  });
}, 240_000);

test('the other servers take the sockets of one that is killed, and they miss nothing', async () => {
  expect(await counted({ fault: 'kill', sockets: 100, rooms: true, servers: 3 })).toMatchObject({
    ...{ socketsLate: { hit: 0, of: 100 }, socketsTold: { hit: 0, of: 100 } },
  });
}, 240_000);
