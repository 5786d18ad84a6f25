import { join } from 'node:path';
import { obtainToxiproxy } from '@holdfast/infra';
import { expect, test } from '@jest/globals';
import cutSubscriber from '../src/runners/cut-subscriber.js';

// `npm test` says loudly when it could not be had.
const dataDir = process.env.DATA_DIR || join(import.meta.dirname, '../../.data');
const toxiproxy = await obtainToxiproxy(dataDir).catch(() => undefined);

const missingBy = async (by: string) => {
  const task = { experiment: 'cut-subscriber', arm: by, block: 1, options: cutSubscriber.options.parse({ by }) };
  const [run] = await cutSubscriber.run(task, () => undefined);
  return run?.counted;
};

(toxiproxy === undefined ? test.skip : test)(
  'PUBLISH and SUBSCRIBE lose what is said while a reader is cut off, and chat gives it to every reader afterwards',
  async () => {
    const raw = await missingBy('publish-subscribe');
    expect(raw?.deliveriesMissing?.of).toBe(200);
    const meanwhile = raw?.['deliveriesMissing.whileCut'];
    expect(meanwhile?.of).toBeGreaterThan(20);
    expect(meanwhile?.hit).toBe(meanwhile?.of);
    const chat = await missingBy('chat');
    expect(chat?.['deliveriesMissing.whileCut']?.of).toBeGreaterThan(200);
    expect(chat).toMatchObject({
      deliveriesMissing: { hit: 0, of: 2_000 },
      'deliveriesMissing.whileCut': { hit: 0 },
      'deliveriesMissing.ownSocket': { hit: 0, of: 200 },
    });
  },
  240_000,
);
