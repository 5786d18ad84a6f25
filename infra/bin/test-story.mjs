// `npm run test:story`: the story by keyboard, live picture, experiments and account on the page; `npm run lighthouse`: its speed and accessibility;
// `npm run screenshots`: its pictures in the documents. Each in a real Chromium on a real system.
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
const [script = 'test:story', ...rest] = process.argv.slice(2);
const { env, missing } = await obtainTestTools(
  dataDir,
  script === 'test:story' ? ['redis', 'chromium', 'k6'] : ['redis', 'chromium'],
);
if (missing.includes('chromium')) fail('Without Chromium the page cannot be looked at.');
process.exit(await runSuite('@holdfast/console', script, rest, { ...turboEnv(), ...env }));
