import type { AdminClient } from '../admin/admin-client.js';
import type { ProcessStatus } from '../admin/shapes.js';
import { ACTION_SAYS, type Lever } from '../picture/levers.js';

type StoreAction = 'kill' | 'pause' | 'resume' | 'restart';

export interface StoreLever extends Lever {
  readonly action: StoreAction;
}

/** What can be done to one server of Redis; `isAlone` says that it is the whole of it. */
export function storeLevers(server: ProcessStatus, isAlone: boolean, admin: AdminClient): readonly StoreLever[] {
  return actionsFor(server).map((action) => ({
    action,
    label: `${ACTION_SAYS[action]} ${isAlone ? 'Redis' : server.id}`,
    will: isAlone ? ALONE[action] : AMONG_OTHERS[action],
    act: () => admin.control(server.id, action),
  }));
}

const ALONE: Readonly<Record<StoreAction, string>> = {
  kill: 'It ends at once and stays down. Requests that need it are refused with 503, which signs nobody out; what is on its disk comes back with Restart.',
  pause:
    'It answers nothing until it is resumed, and loses nothing. Requests that need it wait, or are refused with 503, which signs nobody out.',
  resume: 'It goes on where it stopped.',
  restart: 'It stops, and starts again with what is on its disk. Requests that need it meanwhile are refused with 503.',
};

const AMONG_OTHERS: Readonly<Record<StoreAction, string>> = {
  kill: 'It ends at once and stays down. Where the others agree that it is gone, one of them takes over what it had.',
  pause:
    'It answers nothing until it is resumed. Where the others agree that it is gone, one of them takes over what it had.',
  resume: 'It goes on where it stopped, perhaps as a replica of the one that took over.',
  restart: 'It stops, and starts again with what is on its disk, perhaps as a replica of the one that took over.',
};

/** A Redis that was given to `npm start` has no process of ours to steer. */
function actionsFor({ state, pid }: ProcessStatus): readonly StoreAction[] {
  if (state === 'killed' || state === 'stopped') return ['restart'];
  if (pid === null || state === 'crashed' || state === 'starting') return [];
  return state === 'paused' ? ['kill', 'resume', 'restart'] : ['kill', 'pause', 'restart'];
}
