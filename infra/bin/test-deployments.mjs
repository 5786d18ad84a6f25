// `npm run test:deployments`: lints the Dockerfile, synthesizes the stack of infra/deployments/aws for each scenario and checks its
// templates. Nothing is deployed, and no account is needed.
import { join, resolve } from 'node:path';
import { endWithNpm } from './parent-watch.mjs';
import { build, install, turboEnv } from './prepare.mjs';
import { root } from './root.mjs';
import { runShown } from './run.mjs';

const folder = join(root, 'infra/deployments/aws');
endWithNpm();
await install();
await build(['@holdfast/infra']);
const { obtainHadolint } = await import('../dist/index.js');
const hadolint = await obtainHadolint(resolve(root, process.env.DATA_DIR || '.data')).catch((error) => {
  console.error(`!!! WITHOUT HADOLINT: the Dockerfile is not linted. ${error.message}`);
});
if (hadolint !== undefined) {
  const dockerfile = 'infra/deployments/container/Dockerfile';
  const code = await runShown(hadolint, [dockerfile], process.env);
  if (code !== 0) process.exit(code);
  console.error(`✓ hadolint has no finding in ${dockerfile}`);
}
await install(folder);
for (const script of ['typecheck', 'build', 'test']) {
  const words = script === 'test' ? ['--', ...process.argv.slice(2)] : [];
  const code = await runShown('npm', ['run', '--silent', '--prefix', folder, script, ...words], turboEnv());
  if (code !== 0) process.exit(code);
}
