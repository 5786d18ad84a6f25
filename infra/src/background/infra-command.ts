import { join } from 'node:path';
import { writeDeployments } from '../deployments/render.js';
import { sayOnStderr, withProgress } from '../progress.js';
import { readOwnSystem } from '../system/own-system.js';
import { endBackground, recall, remember } from './background-process.js';
import { readServerArguments, serverNames } from './server-arguments.js';
import { startInBackground } from './start-in-background.js';

const usage = `Usage: npm run infra -- up|down ${serverNames.join('|')}
       npm run infra -- up|down redis --profile single|sentinel|cluster
       npm run infra -- up|down kafka --brokers 1|3
       npm run infra -- render`;

/**
 * `up` starts the server in the background, or finds the one it started before, and prints the variable that points programs
 * to it; `down` ends it, without a flag in every form. `render` writes the deployments' files anew from the system file. Resolves
 * with the exit code.
 */
export async function infraCommand(args: readonly string[], dataDir: string): Promise<number> {
  const [action, ...rest] = args;
  if (action === 'render' && rest.length === 0) {
    sayOnStderr(`${writeDeployments(readOwnSystem())} files of infra/deployments/ written`);
    return 0;
  }
  const wanted = action === 'up' || action === 'down' ? readServerArguments(rest) : undefined;
  if (wanted === undefined || 'mistake' in wanted) {
    sayOnStderr(wanted === undefined ? usage : `${wanted.mistake}\n${usage}`);
    return 1;
  }
  const { variable, forms } = wanted;
  if (action === 'down') {
    const ended: string[] = [];
    for (const { name } of forms) if (await endBackground(dataDir, name)) ended.push(name);
    sayOnStderr(ended.length > 0 ? `${ended.join(', ')} ended` : `${forms[0].name} was not running`);
    return 0;
  }
  const [form] = forms;
  const known = recall(dataDir, form.name);
  if (known !== undefined && known.pids.length < known.started) {
    const ended = known.started - known.pids.length;
    sayOnStderr(`${ended} of its ${known.started} processes have ended: \`down\` and \`up\` again start them anew`);
  }
  const start = () => startInBackground(form, join(dataDir, 'up', form.name), dataDir);
  const running = known ?? (await withProgress(`starting ${form.name}`, sayOnStderr, start));
  if (known === undefined) remember(dataDir, form.name, running);
  process.stdout.write(`${variable}=${running.address}\n`);
  return 0;
}
