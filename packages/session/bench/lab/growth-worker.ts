/** Makes sessions in its own memory until it dies, and tells how many there are. */
import { Redis } from 'ioredis';
import { exchange } from '../exchange.js';
import { openVariant } from '../variants.js';

const TELLS_EVERY = 1_000;

const { middleware, login } = openVariant('memory', new Redis({ lazyConnect: true }));
process.on('disconnect', () => process.exit(0));
for (let made = 1; ; made++) {
  await exchange(middleware, undefined, (req) => login(req, `user-${made}`));
  if (made % TELLS_EVERY !== 0) continue;
  process.send?.(made);
  // The message leaves between two turns of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
}
