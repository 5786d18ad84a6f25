/**
 * One measurement, as JSON in the last line: `node run.mjs '{"part":"cost","case":"get-small"}'`. All contenders take turns within it, so
 * that a busy machine moves each of them, and ratios are taken within a round. The runner proxy-cost starts it and judges.
 */
import { stopOwned } from './native.mjs';

const PARTS = {
  cost: () => import('./cost.mjs'),
  'node-versions': () => import('./node-versions.mjs'),
  websockets: () => import('./websockets.mjs'),
  'slow-attackers': () => import('./slow-attackers.mjs'),
  destinations: () => import('./curves.mjs'),
  connections: () => import('./curves.mjs'),
  workers: () => import('./workers.mjs'),
  soak: () => import('./soak.mjs'),
};

const options = JSON.parse(process.argv[2]);
const { measure } = await PARTS[options.part]();
const outcome = await measure(options);
stopOwned();
console.log(JSON.stringify(outcome));
process.exit(0);
