// `npm run test:lab` and `npm run test:claims`: the lab on real k6 and real stores, and its rules against planted defects. Both take
// longer than fits in `npm test`. The first argument is the script of loadtests.
import { resolve } from 'node:path';
import { dataDirProblem } from './data-dir.mjs';
import { endWithNpm } from './parent-watch.mjs';
import { build, fail, install, turboEnv } from './prepare.mjs';
import { root } from './root.mjs';
import { obtainTestTools } from './test-tools.mjs';
import { runSuite } from './test-totals.mjs';

const dataDir = resolve(root, process.env.DATA_DIR || '.data');
const problem = dataDirProblem(dataDir);
if (problem !== undefined) fail(problem);
endWithNpm();
await install();
await build();
const { env, missing } = await obtainTestTools(dataDir, [
  'redis',
  'memcached',
  'chromium',
  'k6',
  'toxiproxy',
  'nginx',
  'haproxy',
]);
if (missing.includes('k6')) {
  console.error('!!! The lab is not tested.');
  process.exit(0);
}
const [script = 'test:lab', ...rest] = process.argv.slice(2);
process.exit(await runSuite('@holdfast/loadtests', script, rest, { ...turboEnv(), ...env }));
