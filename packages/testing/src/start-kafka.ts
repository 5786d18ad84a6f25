import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { obtainKafkaProgram, startKafkaServer } from '@holdfast/infra';

/** A real Kafka broker of one test's own, with the faults a test injects. */
export interface TestKafka {
  /** `host:port`, the same over a restart. */
  readonly brokers: string;
  /** Ends the broker; its data and port are kept for `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

/**
 * What starts a real Kafka (KRaft, one node, temporary data), or undefined on a machine without Java 17 and Maven: then a loud line
 * is written and the caller skips its tests.
 */
export async function obtainKafka(): Promise<(() => Promise<TestKafka>) | undefined> {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const dataDir = resolve(root, process.env.DATA_DIR || '.data');
  try {
    const program = await obtainKafkaProgram(dataDir);
    return () => startKafka(program);
  } catch (error) {
    process.stderr.write(`!!! WITHOUT KAFKA: tests are skipped. ${error instanceof Error ? error.message : error}\n`);
    return undefined;
  }
}

async function startKafka(program: Awaited<ReturnType<typeof obtainKafkaProgram>>): Promise<TestKafka> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-kafka-'));
  let server = await startKafkaServer({ program, dir });
  const { brokers } = server;
  return {
    brokers,
    down: () => server.stop(),
    async up() {
      server = await startKafkaServer({ program, dir, port: Number(brokers.split(':')[1]) });
    },
    async stop() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
