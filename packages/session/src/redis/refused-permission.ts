import { isReply } from './is-unavailable.js';

const REFUSAL = /^NOPERM\b|ACL failure in script|user executing the script can't/;
const COMMAND = /permissions to run the '([^']+)' command/;

/**
 * The thing that the ACL of Redis does not allow, from its reply: a command by name, or its own words without the name of the user, the script
 * and its line. Undefined when the error is another.
 */
export function refusedPermission(error: unknown): string | undefined {
  if (!(error instanceof Error) || !isReply(error) || !REFUSAL.test(error.message)) return undefined;
  const command = COMMAND.exec(error.message)?.[1];
  if (command !== undefined) return command.toUpperCase().replace('|', ' ');
  if (/channel/.test(error.message)) return 'a channel';
  return /key/.test(error.message) ? 'a key' : 'a command inside a script';
}
