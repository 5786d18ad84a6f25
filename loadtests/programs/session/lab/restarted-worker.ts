/** The server of `growth-worker.js`, started again: it is given cookies, and tells how many of their sessions it does not know. */
import { Redis } from 'ioredis';
import { openVariant } from '../variants.js';
import { countGone } from './count-gone.js';

process.once('message', async (cookies: string[]) => {
  process.send?.(await countGone(openVariant('memory', new Redis({ lazyConnect: true })), cookies));
  process.disconnect();
});
