// `npm run test:ha`: the whole system on Redis with Sentinels, on a Redis Cluster and on three Kafka brokers, one of which is killed.
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
const { env } = await obtainTestTools(dataDir, ['redis', 'kafka']);
process.exit(await runSuite('@holdfast/infra', 'test:ha', process.argv.slice(2), { ...turboEnv(), ...env }));
