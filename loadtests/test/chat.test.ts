import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obtainK6 } from '@holdfast/infra';
import { expect, test } from '@jest/globals';
import { runComparison } from '../src/cli/run-comparison.js';
import { loadExperiments } from '../src/registry/experiments.js';
import { loadRegistry } from '../src/registry/registry.js';

const dataDir = process.env.DATA_DIR || join(import.meta.dirname, '../../.data');

// `npm test` says loudly when it could not be had.
const k6 = await obtainK6(dataDir).catch(() => undefined);

(k6 === undefined ? test.skip : test)(
  'with k6 on the real system, a killed chat instance costs its members nothing but a reconnection',
  async () => {
    const registry = await loadRegistry();
    const experiments = loadExperiments(join(import.meta.dirname, '../experiments'), registry);
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-chat-'));
    try {
      const { runs } = await runComparison(
        {
          ...{
            experiments: experiments.filter(({ name }) => name === 'chat-crash'),
            set: 'chosen',
            blocks: 1,
            seed: 1,
          },
          ...{ only: { scenarios: ['round-robin-cached'], faults: null }, freshFleets: false },
          ...{ command: 'test', folder, before: undefined },
        },
        registry,
        dataDir,
      );
      const after = runs.find(({ phase }) => phase === 'after');
      expect(after?.invalidBecause).toBeNull();
      const { chatMissing, chatAdmitted, chatDuplicated, chatReordered, chatCutOff, chatStaysAway } =
        after?.counted ?? {};
      const hits = [chatMissing, chatAdmitted, chatDuplicated, chatReordered, chatStaysAway].map((count) => count?.hit);
      expect(hits).toEqual([0, 0, 0, 0, 0]);
      expect(chatMissing?.of).toBeGreaterThan(500);
      expect(chatCutOff?.hit).toBeGreaterThan(0);
      // The second source: the logs of the rooms in Redis.
      expect(after?.chatLog?.notStored).toBe(0);
      expect(after?.chatLog?.acknowledged).toBeGreaterThan(50);
      expect(after?.estimated.chatBackMs).toBeGreaterThan(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  240_000,
);
