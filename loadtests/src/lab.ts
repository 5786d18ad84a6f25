/** `npm run lab -- <command>`: the parts of the lab one by one. */
import { checkCommand } from './app/app-command.js';
import { initCommand } from './app/init-command.js';
import { BAD_ARGUMENTS, tellFailure } from './cli/bad-arguments.js';
import { claimsCommand } from './cli/claims-command.js';
import { labCommand } from './cli/lab-command.js';
import { measureCostsCommand } from './planner/measure/measure-costs-command.js';
import { planCommand } from './planner/plan-command.js';

interface Command {
  readonly says: string;
  /** Runs the command with the words after it; resolves with the exit code. */
  readonly run: (argv: readonly string[]) => Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  list: {
    says: 'experiments, scenarios, disturbances, journeys, measures, runners and load balancers, each by its id',
    run: (argv) => labCommand('list', argv),
  },
  show: { says: 'one experiment', run: (argv) => labCommand('show', argv) },
  run: { says: 'runs experiments by name', run: (argv) => labCommand('run', argv) },
  init: { says: 'writes a first file for your app, from questions or flags', run: initCommand },
  check: { says: "says what is wrong with an app's file", run: checkCommand },
  claims: {
    says: 'writes docs/claims.md, the tables of README.md and the pictures of both from docs/data, or from results.json (--from)',
    run: claimsCommand,
  },
  plan: { says: 'servers, Redis, users lost and costs for a number of users and requests a second', run: planCommand },
  'measure-costs': { says: 'measures on this machine the costs that plan starts from', run: measureCostsCommand },
};

const usage = `npm run lab -- <command> [options]\n\n${Object.entries(COMMANDS)
  .map(([name, { says }]) => `  ${name.padEnd(14)} ${says}`)
  .join('\n')}`;

const [name, ...rest] = process.argv.slice(2);
const command = name === undefined || !Object.hasOwn(COMMANDS, name) ? undefined : COMMANDS[name];
if (command !== undefined) {
  process.exitCode = await command.run(rest).catch(tellFailure);
} else if (name === '--help' || name === '-h') {
  console.log(usage);
} else {
  process.stderr.write(
    `${name === undefined ? 'A command is missing.' : `"${name}" is no command of the lab.`}\n\n${usage}\n`,
  );
  process.exitCode = BAD_ARGUMENTS;
}
