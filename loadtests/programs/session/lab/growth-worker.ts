/** `growth-worker.js 1000`: makes sessions in its own memory until it dies, and tells of each thousand, with the cookies of some. */
import { Redis } from 'ioredis';
import { exchange } from '../exchange.js';
import { openVariant } from '../variants.js';
import { countGone } from './count-gone.js';

export interface Told {
  readonly made: number;
  /** CPU seconds of the process since it last told. */
  readonly cpuSeconds: number;
  /** Cookies of sessions that it was asked for, and knew. */
  readonly cookies: readonly string[];
}

/** One session in so many is asked for. */
const SAMPLED = 100;

const tellsEvery = Number(process.argv[2]);
const variant = openVariant('memory', new Redis({ lazyConnect: true }));
let cookies: string[] = [];
let toldAt = process.cpuUsage();
process.on('disconnect', () => process.exit(0));
for (let made = 1; ; made++) {
  const { cookie } = await exchange(variant.middleware, undefined, (req) => variant.login(req, `user-${made}`));
  if (cookie !== undefined && made % SAMPLED === 0 && (await countGone(variant, [cookie])) === 0) cookies.push(cookie);
  if (made % tellsEvery !== 0) continue;
  const { user, system } = process.cpuUsage(toldAt);
  process.send?.({ made, cookies, cpuSeconds: (user + system) / 1e6 } satisfies Told);
  cookies = [];
  toldAt = process.cpuUsage();
  // The message leaves between two turns of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
}
