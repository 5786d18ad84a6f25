import { join } from 'node:path';

/** Where a broker that is also a controller stands in its cluster. */
export interface KafkaNode {
  /** Its number, from 1. */
  readonly id: number;
  /** Ports of all controllers, that of number 1 first. */
  readonly controllerPorts: readonly number[];
}

/** The settings of a broker (KRaft, combined mode). Three brokers keep three copies of everything, of which two must have a write. */
export function kafkaSettings(
  dir: string,
  port: number,
  protocol: string,
  { id, controllerPorts }: KafkaNode,
): Record<string, string | number> {
  const copies = Math.min(controllerPorts.length, 3);
  const written = copies === 3 ? 2 : 1;
  return {
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': controllerPorts.map((each, n) => `${n + 1}@127.0.0.1:${each}`).join(','),
    listeners: `${protocol}://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPorts[id - 1]}`,
    'advertised.listeners': `${protocol}://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': `CONTROLLER:PLAINTEXT,${protocol}:${protocol}`,
    'log.dirs': join(dir, 'data'),
    'num.partitions': 3,
    'default.replication.factor': copies,
    'min.insync.replicas': written,
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': written,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': written,
    'group.initial.rebalance.delay.ms': 0,
  };
}
