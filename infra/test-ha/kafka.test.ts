import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { obtainKafkaProgram } from '../src/kafka/kafka-program.js';
import { until } from '../test/support/redis-says.js';
import { type RunningSystem, startSystem, steerStore, storesOf } from '../test/support/running-system.js';
import { SignedInUser } from './signed-in-user.js';

// `npm test` says loudly when the broker cannot be had.
const programDir = process.env.DATA_DIR || join(import.meta.dirname, '../..', '.data');
const program = await obtainKafkaProgram(programDir).catch(() => undefined);

(program === undefined ? describe.skip : describe)('npm start -- --kafka 3', () => {
  let dir: string;
  let system: RunningSystem;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'holdfast-kafka-'));
    // The jars that were fetched once.
    symlinkSync(join(programDir, 'kafka-libs'), join(dir, 'kafka-libs'));
    system = await startSystem(['--kafka', '3', '--scenarios', 'round-robin-cached'], dir);
  }, 200_000);
  afterAll(async () => {
    await system?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('a broker of three is killed: no request notices, and events still flow', async () => {
    expect((await storesOf(system)).map(({ id, state }) => `${id} ${state}`)).toEqual([
      'redis ready',
      'kafka-1 ready',
      'kafka-2 ready',
      'kafka-3 ready',
    ]);
    const user = new SignedInUser(system.url, 'ada');
    await user.register();
    expect(await user.addTodo('before')).toBe(201);
    await until('the event was handled', () => user.hasHeardOfEveryTodo(), 30_000);

    expect(await steerStore(system, 'kafka-1', 'kill')).toBe(200);
    for (let n = 0; n < 10; n++) expect(await user.addTodo(`after ${n}`)).toBe(201);
    await until('the events of two brokers were handled', () => user.hasHeardOfEveryTodo(), 60_000);

    expect(await steerStore(system, 'kafka-1', 'restart')).toBe(200);
    expect(await user.addTodo('with three again')).toBe(201);
    await until('the event was handled', () => user.hasHeardOfEveryTodo(), 30_000);
    expect(await user.lostTodos()).toBe(0);
  }, 120_000);
});
