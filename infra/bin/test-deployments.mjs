// `npm run test:deployments`: synthesizes the stack of infra/deployments/aws for each scenario and checks its templates. Nothing is
// deployed, and no account is needed.
import { join } from 'node:path';
import { endWithNpm } from './parent-watch.mjs';
import { build, install, turboEnv } from './prepare.mjs';
import { root } from './root.mjs';
import { runShown } from './run.mjs';

const folder = join(root, 'infra/deployments/aws');
endWithNpm();
await install();
await build(['@holdfast/infra']);
await install(folder);
for (const script of ['typecheck', 'build', 'test']) {
  const words = script === 'test' ? ['--', ...process.argv.slice(2)] : [];
  const code = await runShown('npm', ['run', '--silent', '--prefix', folder, script, ...words], turboEnv());
  if (code !== 0) process.exit(code);
}
