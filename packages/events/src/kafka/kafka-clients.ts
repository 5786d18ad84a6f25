import { hostname } from 'node:os';
import { Kafka, logLevel } from 'kafkajs';

/** Partitions of a topic that is made here. Events of one user stay in one; more partitions let more consumers share. */
const partitions = 6;

/** The connection to the brokers; `report` hears what the client says about its errors. */
export function openKafka(brokers: readonly string[], report: (error: unknown) => void): Kafka {
  return new Kafka({
    brokers: [...brokers],
    clientId: `holdfast@${hostname()}`,
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    // An outage ends when it ends; whoever uses the client goes on trying, with its own pauses.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 },
    logLevel: logLevel.ERROR,
    logCreator:
      () =>
      ({ log }) =>
        report(new Error(`Kafka: ${log.message}${typeof log.error === 'string' ? `: ${log.error}` : ''}`)),
  });
}

/** Makes the topic where it does not exist, with the cluster's default replication. */
export async function createTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const known = await admin.listTopics();
    if (!known.includes(topic)) await admin.createTopics({ topics: [{ topic, numPartitions: partitions }] });
  } finally {
    await admin.disconnect();
  }
}
