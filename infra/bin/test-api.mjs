// `npm run test:api`: requests and frames generated from the OpenAPI and AsyncAPI documents, against the running services.
import { resolve } from 'node:path';
import { endWithNpm } from './parent-watch.mjs';
import { build, install, turboEnv } from './prepare.mjs';
import { root } from './root.mjs';
import { obtainTestTools } from './test-tools.mjs';
import { runSuite } from './test-totals.mjs';

endWithNpm();
await install();
await build();
const dataDir = resolve(root, process.env.DATA_DIR || '.data');
const { env } = await obtainTestTools(dataDir, ['redis']);
process.exit(await runSuite('@holdfast/infra', 'test:api', process.argv.slice(2), { ...turboEnv(), ...env }));
