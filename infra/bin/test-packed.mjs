// `npm run test:packed`: the packages as strangers get them, from tarballs, outside this repository; and each app pruned alone.
import { spawn } from 'node:child_process';
import { endWithNpm } from './parent-watch.mjs';
import { build, fail, install, turboEnv } from './prepare.mjs';
import { root } from './root.mjs';
import { endWithUs } from './run.mjs';

endWithNpm();
await install();
await build();
const tools = await import('../dist/index.js');
if ((tools.findRedisBinary() ?? (await tools.installRedis(tools.sayOnStderr))) === undefined) fail(tools.howToGetRedis);
const args = ['run', '--silent', '--workspace', '@holdfast/testing', 'test:packed', '--', ...process.argv.slice(2)];
const child = spawn('npm', args, {
  cwd: root,
  env: turboEnv(),
  stdio: ['ignore', 'inherit', 'inherit'],
  detached: true,
});
const endChild = endWithUs(child);
child.once('close', (code) => {
  endChild.forget();
  process.exit(code ?? 1);
});
