import { operatorCommand } from '../operator-command.js';
import { removeSecondFactor } from './remove-second-factor.js';

const SAYS = 'Removes app and recovery codes of a user who has lost them, and signs the user out everywhere.';
await operatorCommand('remove-second-factor', SAYS, async (redis, place, username) => {
  const done = await removeSecondFactor(redis, place, username);
  if (done === undefined) return undefined;
  return `${done.removed ? 'second factor removed' : 'there was no second factor'}, ${done.ended} sessions ended`;
});
