import type { DeliveryOptions } from '../deliver.js';

export const KAFKA_CLIENT_NAMES = ['kafkajs', 'platformatic'] as const;
export type KafkaClientName = (typeof KAFKA_CLIENT_NAMES)[number];

export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

/** How brokers are reached. */
export interface KafkaConnectionOptions {
  /** `host:port` of some of the brokers. */
  readonly brokers: readonly string[];
  /** The npm package that talks to Kafka: `kafkajs`, or `@platformatic/kafka` for `platformatic`. Default `kafkajs`. */
  readonly client?: KafkaClientName | undefined;
  /** TLS. `ca`: the certificates to trust, PEM text; without it those that Node trusts. Default: no TLS. */
  readonly ssl?: boolean | { readonly ca: string } | undefined;
  /** The account. Default: none. */
  readonly sasl?:
    | { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string }
    | undefined;
}

export interface KafkaOptions extends DeliveryOptions, KafkaConnectionOptions {
  /** Runs each transfer of events to Kafka, given their JSON texts, so that it can be traced. Default: nothing around it. */
  readonly aroundSend?: (events: readonly string[], send: () => Promise<void>) => Promise<void>;
}
