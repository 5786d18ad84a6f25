// What the suite gets for `require('../')`: the installed express-session, with RedisSessionStore in place of its MemoryStore.
const session = require('express-session');
const { Redis } = require('ioredis');
const { RedisSessionStore } = require('@holdfast/session');

const client = new Redis(process.env.EXPRESS_SUITE_REDIS_URL);
let made = 0;

/** As a new MemoryStore is empty, each store has a prefix of its own. */
class MemoryStore extends RedisSessionStore {
  constructor() {
    made += 1;
    super({ client, prefix: `suite${made}:` });
  }
}

module.exports = (options) => session({ ...options, store: options?.store ?? new MemoryStore() });
Object.assign(module.exports, session, { MemoryStore });
