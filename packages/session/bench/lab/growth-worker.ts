/** `growth-worker.js 1000`: makes sessions in its own memory until it dies, and tells of each thousand. */
import { Redis } from 'ioredis';
import { exchange } from '../exchange.js';
import { openVariant } from '../variants.js';

const tellsEvery = Number(process.argv[2]);
const { middleware, login } = openVariant('memory', new Redis({ lazyConnect: true }));
process.on('disconnect', () => process.exit(0));
for (let made = 1; ; made++) {
  await exchange(middleware, undefined, (req) => login(req, `user-${made}`));
  if (made % tellsEvery !== 0) continue;
  process.send?.(made);
  // The message leaves between two turns of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
}
