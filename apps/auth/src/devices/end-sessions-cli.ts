import { operatorCommand } from '../operator-command.js';
import { endSessions } from './end-sessions.js';

await operatorCommand('end-sessions', 'Signs a user out everywhere.', async (redis, place, username) => {
  const ended = await endSessions(redis, place, username);
  return ended === undefined ? undefined : `${ended} ended`;
});
