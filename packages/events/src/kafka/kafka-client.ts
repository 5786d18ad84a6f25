/** An event on its way through Kafka. */
export interface KafkaMessage {
  /**
   * Events of one key share a partition. Undefined for a text that is not an event; it goes to partition 0. A client that chose a
   * partition anew at each of its tries would store the text twice, since brokers know a repeated message only within a partition.
   */
  readonly key: string | undefined;
  readonly value: string;
  /** The one group that a replayed dead letter is for. */
  readonly only: string | undefined;
}

export interface KafkaRecord extends KafkaMessage {
  readonly offset: bigint;
}

/** The broker's offsets of a partition of a topic, and a group's position in it. */
export interface PartitionOffsets {
  /** The next event for the group; undefined if the group has never committed. */
  readonly committed: bigint | undefined;
  /** The oldest event that the broker keeps. */
  readonly low: bigint;
  /** The next event that will be written. */
  readonly high: bigint;
}

export interface KafkaProducer {
  /**
   * Resolves when all in-sync replicas have the messages, in their order. Rejects with `RefusedByBroker` when the broker will never
   * take them as they are. After a failure, close it and open another.
   */
  send(messages: readonly KafkaMessage[]): Promise<void>;
  close(): Promise<void>;
}

export interface KafkaConsumerOptions {
  readonly topic: string;
  readonly groupId: string;
  /** Receives all partitions that belong to this consumer from now on. */
  readonly onAssigned: (partitions: readonly number[]) => void;
  /** The partitions may soon belong to others: a commit now is the last that counts. */
  readonly onRebalancing: () => void;
  /**
   * Receives records of one partition in order, from the committed offset on; each `onAssigned` starts from there again. Until
   * this resolves the consumer fetches no more, but stays a member of its group.
   */
  readonly onRecords: (partition: number, records: readonly KafkaRecord[]) => Promise<void>;
}

export interface KafkaConsumer {
  /** Rejects when the consumer cannot go on: close it, and open another. */
  readonly ended: Promise<never>;
  /** For each partition, the offset of the next event that is not finished. */
  commit(offsets: ReadonlyMap<number, bigint>): Promise<void>;
  /** Leaves the group. */
  close(): Promise<void>;
}

/** The calls that the transport needs of a Kafka client. */
export interface KafkaClient {
  /** Rejects when no broker answers or lets us in. */
  check(): Promise<void>;
  /** Creates the topic if it does not exist, with the cluster's default replication. */
  createTopic(topic: string): Promise<void>;
  openProducer(topic: string): Promise<KafkaProducer>;
  openConsumer(options: KafkaConsumerOptions): Promise<KafkaConsumer>;
  offsets(topic: string, groupId: string): Promise<ReadonlyMap<number, PartitionOffsets>>;
  close(): Promise<void>;
}

/** The broker refuses a message for good: the message exceeds the broker's limit, or the broker finds it invalid. */
export class RefusedByBroker extends Error {
  readonly code = 'refused_by_broker';
  readonly retryable = false;

  constructor(cause: unknown) {
    super(`Kafka refuses the event: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'RefusedByBroker';
  }
}

/** Names of the protocol's errors that mean a refusal for good. */
export const REFUSALS: readonly string[] = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD'];

/** Partitions of a topic that this package creates. Events of one user stay in one; more partitions let more consumers share. */
export const PARTITIONS = 6;
/** After this silence the broker takes a consumer for dead and gives its partitions to others. */
export const SESSION_TIMEOUT_MS = 10_000;
export const HEARTBEAT_MS = 1_000;
/** How long the broker may hold an answer back when there is nothing new. */
export const FETCH_WAIT_MS = 500;
export const CONNECT_TIMEOUT_MS = 2_000;
export const REQUEST_TIMEOUT_MS = 10_000;
