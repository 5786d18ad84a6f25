export { RedisDeadLetters } from './redis-dead-letters.js';
export { type RedisStreamsOptions, RedisStreamsTransport } from './redis-streams-transport.js';
