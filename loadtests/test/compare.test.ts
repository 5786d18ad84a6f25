import { join } from 'node:path';
import { obtainK6 } from '@holdfast/infra';
import { expect, test } from '@jest/globals';
import { Comparer } from '../src/compare.js';
import { quickDose } from '../src/scenarios/dose.js';
import { faults } from '../src/scenarios/fault.js';
import { scenarios } from '../src/scenarios/scenario.js';

const dataDir = process.env.DATA_DIR || join(import.meta.dirname, '../../.data');

// `npm test` says loudly when it could not be had.
const k6 = await obtainK6(dataDir).catch(() => undefined);

(k6 === undefined ? test.skip : test)(
  'with k6 on the real system, sticky users lose exactly the share of the killed server',
  async () => {
    if (k6 === undefined) return;
    const comparer = new Comparer({
      k6,
      scenarios: scenarios.filter(({ name }) => name === 'sticky-cookie-local'),
      faults,
      repeat: 1,
      seed: 1,
      dose: { ...quickDose, users: 22 },
      onProgress: () => undefined,
    });
    try {
      const [calm, killed] = await comparer.run();
      expect(calm).toMatchObject({ loggedOut: 0, todosLost: 0, todosAcknowledged: 44, valid: true });
      // Of 22 users in turn, each of three servers has seven or eight.
      expect([7, 8]).toContain(killed?.loggedOut);
      expect(killed).toMatchObject({ todosLost: 2 * (killed?.loggedOut ?? 0), todosAcknowledged: 44, valid: true });
    } finally {
      await comparer.end();
    }
  },
  240_000,
);
