export { type KafkaOptions, KafkaTransport } from './kafka-transport.js';
