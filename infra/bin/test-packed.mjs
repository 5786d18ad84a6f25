// `npm run test:packed`: the packages as strangers get them, from tarballs, outside this repository; and each app pruned alone.
import { resolve } from 'node:path';
import { endWithNpm } from './parent-watch.mjs';
import { build, install, turboEnv } from './prepare.mjs';
import { root } from './root.mjs';
import { runShown } from './run.mjs';
import { obtainTestTools } from './test-tools.mjs';

endWithNpm();
await install();
await build();
const { env } = await obtainTestTools(resolve(root, process.env.DATA_DIR || '.data'), ['redis']);
const args = ['run', '--silent', '--workspace', '@holdfast/testing', 'test:packed', '--', ...process.argv.slice(2)];
process.exit(await runShown('npm', args, { ...turboEnv(), ...env }));
