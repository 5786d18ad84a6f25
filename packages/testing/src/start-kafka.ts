import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type KafkaServerOptions, obtainKafkaProgram, startKafkaServer } from '@holdfast/infra';

/** A real Kafka broker of one test's own, with the faults a test injects. */
export interface TestKafka {
  /** `host:port`, the same over a restart. */
  readonly brokers: string;
  /** The certificate to trust, PEM text, where it has TLS. */
  readonly ca: string | undefined;
  /** Ends the broker; its data and port are kept for `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

/** `account`: the broker takes only clients with TLS and this account. `settings`: more of the broker's settings. */
export type TestKafkaOptions = Pick<KafkaServerOptions, 'account' | 'settings'>;

/**
 * A function that starts a real Kafka (KRaft, one node, temporary data). Undefined on a machine without Java 17 and Maven, after
 * a loud line: the caller then skips its tests.
 */
export async function obtainKafka(): Promise<((options?: TestKafkaOptions) => Promise<TestKafka>) | undefined> {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const dataDir = resolve(root, process.env.DATA_DIR || '.data');
  try {
    const program = await obtainKafkaProgram(dataDir);
    return (options) => startKafka(program, options);
  } catch (error) {
    process.stderr.write(`!!! WITHOUT KAFKA: tests are skipped. ${error instanceof Error ? error.message : error}\n`);
    return undefined;
  }
}

async function startKafka(
  program: Awaited<ReturnType<typeof obtainKafkaProgram>>,
  options: TestKafkaOptions = {},
): Promise<TestKafka> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-kafka-'));
  let server = await startKafkaServer({ program, dir, ...options });
  const { brokers, ca } = server;
  return {
    brokers,
    ca,
    down: () => server.stop(),
    async up() {
      server = await startKafkaServer({ program, dir, ...options, port: Number(brokers.split(':')[1]) });
    },
    async stop() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
