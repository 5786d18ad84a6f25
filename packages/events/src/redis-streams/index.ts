export { type RedisStreamsOptions, RedisStreamsTransport } from './redis-streams-transport.js';
