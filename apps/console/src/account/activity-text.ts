import type { ActivityEntry } from '@holdfast/contracts';

const SAYS: Readonly<Record<string, string>> = {
  'user.registered': 'signed up',
  'session.started': 'signed in',
  'session.ended': 'a session ended',
  'second-factor.enrolled': 'set up a second factor',
  'second-factor.removed': 'removed the second factor',
  'passkey.added': 'added a passkey',
  'passkey.removed': 'removed a passkey',
  'todo.added': 'added a todo',
  'todo.completed': 'completed a todo',
  'message.posted': 'wrote in the chat',
};

/** An event in words; one that this page does not know keeps its name. */
export function activityText({ type, data }: Pick<ActivityEntry, 'type' | 'data'>): string {
  const text = SAYS[type] ?? type;
  if (data.newNetwork === true) return `${text} from a new network`;
  const detail = data.reason ?? data.room;
  return detail === undefined ? text : `${text}: ${detail}`;
}
