import type { KafkaClient } from './kafka-client.js';
import {
  KAFKA_CLIENT_NAMES,
  type KafkaClientName,
  type KafkaConnectionOptions,
  SASL_MECHANISMS,
} from './kafka-options.js';

/** `report` receives what the client says about its errors. */
export type OpenKafkaClient = (options: KafkaConnectionOptions, report: (error: unknown) => void) => KafkaClient;

const packages: Record<KafkaClientName, string> = { kafkajs: 'kafkajs', platformatic: '@platformatic/kafka' };

/** Only the chosen client must be installed. */
const loaders: Record<KafkaClientName, () => Promise<OpenKafkaClient>> = {
  kafkajs: async () => (await import('./kafkajs/kafkajs-client.js')).openKafkaJs,
  platformatic: async () => (await import('./platformatic/platformatic-client.js')).openPlatformaticKafka,
};

/** The chosen client. Rejects when its package is not installed. */
export async function openKafkaClient(
  options: KafkaConnectionOptions,
  report: (error: unknown) => void,
): Promise<KafkaClient> {
  const name = options.client ?? 'kafkajs';
  try {
    return (await loaders[name]())(options, report);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error(`The Kafka client "${name}" is not installed: npm install ${packages[name]}`, { cause: error });
  }
}

/** Throws an error that names every option that is wrong. */
export function checkKafkaOptions({ brokers, client, ssl, sasl }: KafkaConnectionOptions): void {
  const problems: string[] = [];
  if (brokers.length === 0) problems.push('brokers is empty: give at least one host:port');
  for (const broker of brokers) {
    if (!/^[^\s:/@]+:\d{1,5}$/.test(broker)) problems.push('brokers: each must be host:port, such as 127.0.0.1:9092');
  }
  if (client !== undefined && !KAFKA_CLIENT_NAMES.includes(client)) {
    problems.push(`client must be ${KAFKA_CLIENT_NAMES.join(' or ')}`);
  }
  if (typeof ssl === 'object' && !ssl.ca.includes('-----BEGIN CERTIFICATE-----')) {
    problems.push('ssl.ca must be certificates as PEM text');
  }
  if (sasl !== undefined) {
    if (!SASL_MECHANISMS.includes(sasl.mechanism))
      problems.push(`sasl.mechanism must be ${SASL_MECHANISMS.join(', ')}`);
    if (!sasl.username) problems.push('sasl.username is empty');
    if (!sasl.password) problems.push('sasl.password is empty');
  }
  if (problems.length > 0) throw new Error(`Kafka: ${[...new Set(problems)].join('; ')}`);
}
