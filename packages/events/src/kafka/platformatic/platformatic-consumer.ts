import { type BaseOptions, Consumer, type Message, type MessagesStream } from '@platformatic/kafka';
import {
  FETCH_WAIT_MS,
  HEARTBEAT_MS,
  type KafkaConsumer,
  type KafkaConsumerOptions,
  type KafkaRecord,
  type PartitionOffsets,
  SESSION_TIMEOUT_MS,
} from '../kafka-client.js';

type Stream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;

/** A consumer of `@platformatic/kafka` that hands its records over at once and leaves commits to the caller. */
export async function openPlatformaticConsumer(
  connection: BaseOptions,
  options: KafkaConsumerOptions,
  offsets: () => Promise<ReadonlyMap<number, PartitionOffsets>>,
): Promise<KafkaConsumer> {
  const consumer = new PlatformaticConsumer(connection, options, offsets);
  try {
    await consumer.start();
  } catch (error) {
    await consumer.close().catch(() => undefined);
    throw error;
  }
  return consumer;
}

class PlatformaticConsumer implements KafkaConsumer {
  readonly ended: Promise<never>;
  private fail: (error: unknown) => void = () => undefined;
  private readonly consumer: Consumer<Buffer, Buffer, Buffer, Buffer>;
  private stream: Stream | undefined;
  /** Number of streams requested so far. */
  private opened = 0;
  private closing = false;

  constructor(
    connection: BaseOptions,
    private readonly options: KafkaConsumerOptions,
    private readonly offsets: () => Promise<ReadonlyMap<number, PartitionOffsets>>,
  ) {
    this.ended = new Promise<never>((_, reject) => {
      this.fail = reject;
    });
    // It may reject before anyone awaits it.
    this.ended.catch(() => undefined);
    this.consumer = new Consumer({
      ...connection,
      groupId: options.groupId,
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTime: FETCH_WAIT_MS,
      // The name that kafkajs uses: members of one group must agree on it.
      protocols: [{ name: 'RoundRobinAssigner', version: 1 }],
      autocommit: false,
      minBytes: 1,
      highWaterMark: 1_024,
    });
    this.consumer.on('error', (error: Error) => this.fail(error));
    this.consumer.on('consumer:group:rebalance', () => options.onRebalancing());
    this.consumer.on('consumer:group:join', ({ assignments }) => {
      options.onAssigned(assignments?.find(({ topic }) => topic === options.topic)?.partitions ?? []);
      // A stream keeps records of partitions that now belong to another consumer, so each rebalance opens a new stream.
      if (this.stream !== undefined) this.open().catch(this.fail);
    });
  }

  async start(): Promise<void> {
    // The topic stays subscribed while streams come and go, so a new stream does not join the group anew.
    this.consumer.topics.track(this.options.topic);
    await this.consumer.joinGroup({});
    await this.skipDeleted();
    await this.open();
  }

  async commit(offsets: ReadonlyMap<number, bigint>): Promise<void> {
    const { topic } = this.options;
    await this.consumer.commit({
      offsets: [...offsets].map(([partition, offset]) => ({ topic, partition, offset, leaderEpoch: -1 })),
    });
  }

  async close(): Promise<void> {
    this.closing = true;
    this.stream?.destroy();
    await this.consumer.close(true);
  }

  /** The client cannot read from an offset that the broker has deleted: the group goes on with the oldest event that is left. */
  private async skipDeleted(): Promise<void> {
    const mine = this.consumer.assignments?.find(({ topic }) => topic === this.options.topic)?.partitions ?? [];
    const offsets = await this.offsets();
    const deleted = mine.flatMap((partition): Array<[number, bigint]> => {
      const { committed, low } = offsets.get(partition) ?? {};
      return committed !== undefined && low !== undefined && committed < low ? [[partition, low]] : [];
    });
    if (deleted.length > 0) await this.commit(new Map(deleted));
  }

  private async open(): Promise<void> {
    const turn = ++this.opened;
    const stream = await this.consumer.consume({
      topics: [this.options.topic],
      mode: 'committed',
      fallbackMode: 'earliest',
      autocommit: false,
    });
    // Rebalances may come in quick succession: the stream of the last one reads.
    if (turn !== this.opened || this.closing) {
      stream.destroy();
      return;
    }
    this.stream?.destroy();
    this.stream = stream;
    this.read(stream).catch((error) => {
      if (stream === this.stream && !this.closing) this.fail(error);
    });
  }

  private async read(stream: Stream): Promise<void> {
    for await (const first of stream) {
      if (stream !== this.stream) return;
      const records = new Map<number, KafkaRecord[]>([[first.partition, [toRecord(first)]]]);
      // Takes all records that have been fetched already.
      while (stream.readableLength > 0) {
        const message: Message<Buffer, Buffer, Buffer, Buffer> | null = stream.read();
        if (message === null) break;
        const ofPartition = records.get(message.partition);
        if (ofPartition === undefined) records.set(message.partition, [toRecord(message)]);
        else ofPartition.push(toRecord(message));
      }
      for (const [partition, each] of records) await this.options.onRecords(partition, each);
    }
    throw new Error('Kafka: the stream of events has ended.');
  }
}

function toRecord({ offset, key, value, headers }: Message<Buffer, Buffer, Buffer, Buffer>): KafkaRecord {
  let only: string | undefined;
  for (const [name, text] of headers) if (name.toString() === 'only') only = text.toString();
  return { offset, key: key?.toString(), value: value?.toString() ?? '', only };
}
