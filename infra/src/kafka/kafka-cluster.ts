import { join } from 'node:path';
import { freePort } from '@holdfast/fleet';
import { ServerSet, type SetPlace } from '../server/server-set.js';
import { clusterId } from './cluster-id.js';
import type { KafkaProgram } from './kafka-program.js';
import { type KafkaServer, startKafkaServer } from './kafka-server.js';

const BROKERS = [1, 2, 3];

/** How to run three brokers of our own. */
export interface KafkaClusterOptions extends SetPlace {
  readonly program: KafkaProgram;
}

/** Three real Kafka brokers (KRaft, each also a controller) on loopback. */
export interface KafkaCluster {
  /** `host:port` of each, separated by commas: the form of KAFKA_BROKERS. */
  readonly brokers: string;
  readonly servers: readonly KafkaServer[];
  /** Ends all of them. */
  stop(): Promise<void>;
}

/**
 * Starts three brokers on free ports; resolves once all take clients. Everything has three copies, of which two must have a write
 * (`min.insync.replicas 2`): one broker may be away. Throws with the last log lines of one that does not start.
 */
export function startKafkaCluster(options: KafkaClusterOptions): Promise<KafkaCluster> {
  const { program, dir, background } = options;
  return ServerSet.start(options, async (set) => {
    const taken = new Set<number>();
    for (const _port of [...BROKERS, ...BROKERS]) taken.add(await freePort(taken));
    const ports = [...taken];
    const controllerPorts = ports.slice(BROKERS.length);
    const cluster = clusterId(dir);
    const started = await Promise.allSettled(
      BROKERS.map(async (id) => {
        const place = { dir: join(dir, `kafka-${id}`), port: ports[id - 1], background };
        return set.add(await startKafkaServer({ program, ...place, cluster, node: { id, controllerPorts } }));
      }),
    );
    const failed = started.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const servers = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    return { brokers: servers.map(({ brokers }) => brokers).join(','), servers, stop: () => set.stop() };
  });
}
