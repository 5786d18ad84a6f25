import { useState } from 'react';
import { type AdminClient, AdminError } from '../admin/admin-client.js';
import type { ProcessStatus } from '../admin/shapes.js';
import { useKeptFocus } from './use-kept-focus.js';

type StoreAction = 'kill' | 'pause' | 'resume' | 'restart';

const SAYS: Readonly<Record<StoreAction, string>> = {
  kill: 'Kill',
  pause: 'Pause',
  resume: 'Resume',
  restart: 'Restart',
};

const STATE_SAYS: Readonly<Record<ProcessStatus['state'], string>> = {
  ...{ ready: 'up', starting: 'starting', paused: 'paused', unreachable: 'unreachable', stopped: 'stopped' },
  ...{ killed: 'killed', crashed: 'ended unexpectedly: it is being restarted' },
};

/** States in which nobody can reach it. */
const AWAY: ReadonlySet<ProcessStatus['state']> = new Set(['paused', 'stopped', 'killed']);

interface StoreServerProps {
  readonly server: ProcessStatus;
  /** It is the whole of Redis; else it is one of several, and others may take over. */
  readonly isAlone: boolean;
  readonly admin: AdminClient;
}

/** One server of Redis: its state, the latency of its last probe, and what breaks and mends it. */
export function StoreServer({ server, isAlone, admin }: StoreServerProps) {
  const [failure, setFailure] = useState<string | null>(null);
  const [row, keepFocus] = useKeptFocus<HTMLDivElement>();
  const { id, state } = server;
  const name = isAlone ? 'Redis' : id;
  const act = async (action: StoreAction) => {
    keepFocus();
    setFailure(null);
    try {
      await admin.control(id, action);
    } catch (error) {
      setFailure(error instanceof AdminError ? error.message : `${name} could not be changed.`);
    }
  };
  return (
    <div className="store-server" ref={row} {...(isAlone ? {} : { 'data-node': id })}>
      {isAlone ? null : <h3>{id}</h3>}
      <span className="mood" role="status">
        {STATE_SAYS[state]}
        {isAlone && AWAY.has(state) ? ': unreachable for every server' : ''}
      </span>
      <span className="store-latency">{latencyText(server)}</span>
      <span className="actions">
        {actionsFor(server).map((action) => (
          <button
            key={action}
            type="button"
            title={`${SAYS[action]} ${name}`}
            aria-label={`${SAYS[action]} ${name}`}
            onClick={() => void act(action)}
          >
            {SAYS[action]}
          </button>
        ))}
      </span>
      {failure === null ? null : (
        <p className="complaint" role="alert">
          {failure}
        </p>
      )}
    </div>
  );
}

/** How fast it is, as its last probe found; a dead or frozen one has no latency. */
function latencyText({ latencyMs, addedLatencyMs = 0 }: ProcessStatus): string {
  const measured =
    latencyMs == null
      ? 'latency unknown'
      : `answers in ${latencyMs < 10 ? latencyMs.toFixed(1) : latencyMs.toFixed(0)} ms`;
  return addedLatencyMs === 0 ? measured : `${measured}, ${addedLatencyMs} ms later through its proxy`;
}

/** A Redis that was given to `npm start` has no process of ours to steer. */
function actionsFor({ state, pid }: ProcessStatus): readonly StoreAction[] {
  if (state === 'killed' || state === 'stopped') return ['restart'];
  if (pid === null || state === 'crashed' || state === 'starting') return [];
  return state === 'paused' ? ['kill', 'resume', 'restart'] : ['kill', 'pause', 'restart'];
}
