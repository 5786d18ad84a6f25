import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KafkaProgram } from './kafka-program.js';
import { type KafkaServerOptions, startKafkaServer } from './kafka-server.js';

/** A real Kafka broker (KRaft, one node) of one test or run, with temporary data and the faults that are injected. */
export interface OwnKafka {
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
export type OwnKafkaOptions = Pick<KafkaServerOptions, 'account' | 'settings'>;

/** Starts a broker; resolves once it takes clients. Throws with its last log lines. */
export async function startOwnKafka(program: KafkaProgram, options: OwnKafkaOptions = {}): Promise<OwnKafka> {
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
