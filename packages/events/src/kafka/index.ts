export {
  KAFKA_CLIENT_NAMES,
  type KafkaClientName,
  type KafkaConnectionOptions,
  type KafkaOptions,
  SASL_MECHANISMS,
  type SaslMechanism,
} from './kafka-options.js';
export { KafkaTransport } from './kafka-transport.js';
export { KafkaUnreachableError } from './kafka-unreachable-error.js';
