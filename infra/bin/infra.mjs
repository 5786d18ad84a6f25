// `npm run infra -- up|down redis|kafka|memcached|toxiproxy`: a real server alone, as tests and the lab use it; `-- render`: the files
// of infra/deployments/ from infra/system.yaml.
import { resolve } from 'node:path';
import { dataDirProblem } from './data-dir.mjs';
import { build, fail, install } from './prepare.mjs';
import { root } from './root.mjs';

const dataDir = resolve(root, process.env.DATA_DIR || '.data');
const problem = dataDirProblem(dataDir);
if (problem !== undefined) fail(problem);
await install();
await build(['@holdfast/infra']);
const { infraCommand } = await import('../dist/background/infra-command.js');
try {
  process.exitCode = await infraCommand(process.argv.slice(2), dataDir);
} catch (error) {
  fail(/** @type {Error} */ (error).message);
}
