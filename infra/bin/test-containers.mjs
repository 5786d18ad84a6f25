// `npm run test:containers`: builds an image of each app and runs the system of infra/deployments/compose on a real container engine:
// one that runs already, or as root on Debian a private one. A loud line where none can be had.
import { join, resolve } from 'node:path';
import { dataDirProblem } from './data-dir.mjs';
import { endWithNpm } from './parent-watch.mjs';
import { build, fail, install, turboEnv } from './prepare.mjs';
import { root } from './root.mjs';
import { runShown } from './run.mjs';

const dataDir = resolve(root, process.env.DATA_DIR || '.data');
const problem = dataDirProblem(dataDir);
if (problem !== undefined) fail(problem);
endWithNpm();
await install();
await build(['@holdfast/infra']);
const { makeBaseImages, obtainContainerEngine, sayOnStderr } = await import('../dist/index.js');
const engine = await obtainContainerEngine(dataDir).catch((error) => {
  console.error(`!!! WITHOUT CONTAINERS: images and compose file are not tested. ${error.message}`);
  process.exit(0);
});
let code = 1;
try {
  const images = engine.isolated
    ? await makeBaseImages(engine, { root, npmCache: join(dataDir, 'npm-cache') }, sayOnStderr)
    : undefined;
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--config', 'infra/jest.config.mjs'];
  const options = ['--rootDir', 'infra', '--runInBand', '--forceExit', '--roots', 'test-containers'];
  const [program = '', ...args] = [...engine.enter, process.execPath, ...jest, ...options, ...process.argv.slice(2)];
  code = await runShown(program, args, {
    ...turboEnv(),
    ...engine.env,
    TEST_DOCKER: engine.docker,
    TEST_COMPOSE: JSON.stringify(engine.compose),
    TEST_IMAGES: JSON.stringify(images ?? {}),
  });
} finally {
  await engine.stop();
}
process.exit(code);
