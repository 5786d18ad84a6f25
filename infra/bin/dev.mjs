// `npm run dev`: one process of every service, the gateway and the console; an edit is built, and run once the build is good.
import { endWithNpm } from './parent-watch.mjs';
import { portProblem, takeDataDir } from './preflight.mjs';
import { build, fail, install, turbo } from './prepare.mjs';
import { readSettings } from './settings.mjs';

const { problems, settings } = readSettings(process.argv.slice(2), {
  ...process.env,
  DATA_DIR: process.env.DATA_DIR || '.data/dev',
  REPLICAS: process.env.REPLICAS || '1',
});
if (problems.length > 0) fail(problems.join('\n'));
const problem = takeDataDir(settings) ?? (await portProblem(settings));
if (problem !== undefined) fail(problem);

endWithNpm();
await install();
const workspaces = ['auth', 'todo', 'chat', 'monolith', 'gateway', 'console', 'infra'].map(
  (name) => `@holdfast/${name}`,
);
await build(workspaces);
const { dev } = await import('../dist/start/dev.js');
const filters = workspaces.map((name) => `--filter=${name}`);
await dev(settings, () => turbo('building', ['run', 'build', '--output-logs=errors-only', ...filters]));
