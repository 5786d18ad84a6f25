// `npm run test:packed`: the packages as strangers get them, from tarballs, outside this repository; and each app pruned alone.
import { resolve } from 'node:path';
import { endWithNpm } from './parent-watch.mjs';
import { build, install, turboEnv } from './prepare.mjs';
import { root } from './root.mjs';
import { obtainTestTools } from './test-tools.mjs';
import { runSuite } from './test-totals.mjs';

endWithNpm();
await install();
await build();
const { env } = await obtainTestTools(resolve(root, process.env.DATA_DIR || '.data'), ['redis']);
process.exit(await runSuite('@holdfast/testing', 'test:packed', process.argv.slice(2), { ...turboEnv(), ...env }));
