import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '@holdfast/fleet';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { obtainKafkaProgram } from '../src/kafka/kafka-program.js';
import { startKafkaServer } from '../src/kafka/kafka-server.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-infra-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('without Java, one sentence says how to get Kafka', async () => {
  await expect(obtainKafkaProgram(dir, { PATH: '' }, () => undefined)).rejects.toThrow(/^No Kafka found: .*Java 17/);
});

// `npm test` says loudly when the broker cannot be had.
const dataDir = join(import.meta.dirname, '../..', '.data');
const program = await obtainKafkaProgram(process.env.DATA_DIR ?? dataDir).catch(() => undefined);

(program === undefined ? describe.skip : describe)('a real broker', () => {
  test('takes clients, ends when told, and comes back on its storage', async () => {
    if (program === undefined) return;
    for (const round of ['first', 'second']) {
      const kafka = await startKafkaServer({ program, dir: join(dir, 'kafka') });
      const [host = '', port] = kafka.brokers.split(':');
      expect([round, await apiVersionsAnswered(host, Number(port))]).toEqual([round, true]);
      await kafka.stop();
      expect(isAlive(kafka.pid)).toBe(false);
    }
  }, 120_000);
});

/** Sends ApiVersions v0, which every broker answers with our correlation id. */
function apiVersionsAnswered(host: string, port: number): Promise<boolean> {
  const frame = Buffer.from('0000000a' + '0012' + '0000' + '0000002a' + 'ffff', 'hex');
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(frame));
    socket.once('error', reject);
    socket.once('data', (answer) => {
      socket.destroy();
      resolve(answer.readInt32BE(4) === 42);
    });
  });
}
