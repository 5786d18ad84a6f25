import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OwnKafka, type OwnKafkaOptions, obtainKafkaProgram, startOwnKafka } from '@holdfast/infra';

/** A real Kafka broker of one test's own, with the faults a test injects. */
export type TestKafka = OwnKafka;

export type TestKafkaOptions = OwnKafkaOptions;

/**
 * A function that starts a real Kafka (KRaft, one node, temporary data). Undefined on a machine without Java 17 and Maven, after
 * a loud line: the caller then skips its tests.
 */
export async function obtainKafka(): Promise<((options?: TestKafkaOptions) => Promise<TestKafka>) | undefined> {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const dataDir = resolve(root, process.env.DATA_DIR || '.data');
  try {
    const program = await obtainKafkaProgram(dataDir);
    return (options) => startOwnKafka(program, options);
  } catch (error) {
    process.stderr.write(`!!! WITHOUT KAFKA: tests are skipped. ${error instanceof Error ? error.message : error}\n`);
    return undefined;
  }
}
