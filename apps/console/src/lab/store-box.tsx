import { type ReactNode, useState } from 'react';
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
  ready: 'up',
  starting: 'starting',
  paused: 'paused: unreachable for every server',
  unreachable: 'unreachable',
  stopped: 'stopped: unreachable for every server',
  killed: 'killed: unreachable for every server',
  crashed: 'ended unexpectedly: it is being restarted',
};

interface StoreBoxProps {
  readonly processes: readonly ProcessStatus[] | null;
  readonly admin: AdminClient;
  /** What it holds. */
  readonly children?: ReactNode;
}

/** Redis: accounts of every scenario, and sessions and todos of those that share them. Shows nothing where no fleet has one. */
export function StoreBox({ processes, admin, children }: StoreBoxProps) {
  const [failure, setFailure] = useState<string | null>(null);
  const [box, keepFocus] = useKeptFocus<HTMLElement>();
  const redis = processes?.find(({ id }) => id === 'redis');
  if (redis === undefined) return <SeveralServers processes={processes ?? []} />;
  const act = async (action: StoreAction) => {
    keepFocus();
    setFailure(null);
    try {
      await admin.control(redis.id, action);
    } catch (error) {
      setFailure(error instanceof AdminError ? error.message : 'Redis could not be changed.');
    }
  };
  return (
    <section
      className="store"
      aria-label="Redis"
      data-node="redis"
      data-state={redis.state}
      data-wire="redis"
      ref={box}
    >
      <h2>Redis</h2>
      <span className="mood" role="status">
        {STATE_SAYS[redis.state]}
      </span>
      <span className="store-latency">{latencyText(redis)}</span>
      {children}
      <span className="actions">
        {actionsFor(redis).map((action) => (
          <button key={action} type="button" title={`${SAYS[action]} Redis`} onClick={() => void act(action)}>
            {SAYS[action]}
          </button>
        ))}
      </span>
      {failure === null ? null : (
        <p className="complaint" role="alert">
          {failure}
        </p>
      )}
    </section>
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

/** Sentinels or a Cluster: the levers above are for a single Redis, and each of these servers has its own in the admin API. */
function SeveralServers({ processes }: { readonly processes: readonly ProcessStatus[] }) {
  const servers = processes.filter(({ app }) => app === 'redis' || app === 'sentinel');
  if (servers.length === 0) return null;
  return (
    <section className="store" aria-label="Redis" data-node="redis" data-wire="redis">
      <h2>Redis</h2>
      <span className="mood" role="status">
        {servers.map(({ id, state }) => `${id} ${state === 'ready' ? 'up' : state}`).join(' · ')}
      </span>
      <p className="hint">
        Several servers have no levers here. Kill or pause one of them by the admin API: POST /stores/redis-1/kill
      </p>
    </section>
  );
}

/** A Redis that was given to `npm start` has no process of ours to steer. */
function actionsFor({ state, pid }: ProcessStatus): readonly StoreAction[] {
  if (state === 'killed' || state === 'stopped') return ['restart'];
  if (pid === null || state === 'crashed' || state === 'starting') return [];
  return state === 'paused' ? ['kill', 'resume', 'restart'] : ['kill', 'pause', 'restart'];
}
