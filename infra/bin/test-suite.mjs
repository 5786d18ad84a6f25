// `npm run test:<suite>`: suites that take longer than fits in `npm test`, each with the programs that it needs. The first argument
// is the suite, further ones are for jest.
import { resolve } from 'node:path';
import { endWithNpm } from './parent-watch.mjs';
import { build, fail, install, turboEnv } from './prepare.mjs';
import { root } from './root.mjs';
import { obtainTestTools } from './test-tools.mjs';
import { runSuite } from './test-totals.mjs';

/** @type {Record<string, { workspace: string, tools: Parameters<typeof obtainTestTools>[1] }>} */
const suites = {
  api: { workspace: '@holdfast/infra', tools: ['redis'] },
  docs: { workspace: '@holdfast/infra', tools: ['redis'] },
  ha: { workspace: '@holdfast/infra', tools: ['redis', 'kafka'] },
  kubernetes: { workspace: '@holdfast/infra', tools: ['kubernetes'] },
  observability: { workspace: '@holdfast/infra', tools: ['redis', 'kafka', 'collector', 'prometheus'] },
  packed: { workspace: '@holdfast/testing', tools: ['redis'] },
  security: { workspace: '@holdfast/infra', tools: ['redis', 'nginx'] },
};

const [name = '', ...rest] = process.argv.slice(2);
const suite = suites[name];
if (suite === undefined) fail(`There is no suite ${name}: choose one of ${Object.keys(suites).join(', ')}.`);
endWithNpm();
await install();
await build();
const { env } = await obtainTestTools(resolve(root, process.env.DATA_DIR || '.data'), suite.tools);
process.exit(await runSuite(suite.workspace, `test:${name}`, rest, { ...turboEnv(), ...env }));
