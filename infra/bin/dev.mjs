// `npm run dev`: every service, the gateway and the console in watch mode, with a Redis of its own behind them.
import { endWithNpm } from './parent-watch.mjs';
import { portProblem, takeDataDir } from './preflight.mjs';
import { build, fail, install } from './prepare.mjs';
import { readSettings } from './settings.mjs';

const { problems, settings } = readSettings(process.argv.slice(2), {
  ...process.env,
  DATA_DIR: process.env.DATA_DIR || '.data/dev',
});
if (problems.length > 0) fail(problems.join('\n'));
const problem = takeDataDir(settings) ?? (await portProblem(settings));
if (problem !== undefined) fail(problem);

endWithNpm();
await install();
await build(['@holdfast/infra']);
const { dev } = await import('../dist/start/dev.js');
await dev(settings);
