// `npm start`: check, install, build, run. Plain JavaScript up to the point where our own packages are built.
import { endWithNpm } from './parent-watch.mjs';
import { portProblem, takeDataDir } from './preflight.mjs';
import { build, fail, install } from './prepare.mjs';
import { readSettings, secretProblems, usage } from './settings.mjs';

const { help, problems, settings } = readSettings(process.argv.slice(2), process.env);
if (help) {
  console.log(usage);
  process.exit(0);
}
if (problems.length > 0) fail(problems.join('\n'));
const problem = takeDataDir(settings) ?? (await portProblem(settings));
if (problem !== undefined) fail(problem);

endWithNpm();
await install();
await build(['auth', 'todo', 'chat', 'monolith', 'gateway', 'console', 'infra'].map((name) => `@holdfast/${name}`));
// The session package knows which secrets are easy to guess; the services would refuse them one after the other.
const { secretMistake } = await import('../../packages/session/dist/options/secret-weakness.js');
const weak = secretProblems(process.env, secretMistake);
if (weak.length > 0) fail(weak.join('\n'));
const { start } = await import('../dist/start/start.js');
await start(settings);
