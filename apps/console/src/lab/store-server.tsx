import type { AdminClient } from '../admin/admin-client.js';
import type { ProcessStatus } from '../admin/shapes.js';
import { LeverButton } from '../picture/lever-button.js';
import { ACTION_SAYS } from '../picture/levers.js';
import type { LeverPlace } from '../picture/use-levers.js';
import { storeLevers } from './store-levers.js';
import { useKeptFocus } from './use-kept-focus.js';

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
  readonly levers: LeverPlace;
}

/** One server of Redis: its state, the latency of its last probe, and what breaks and mends it. */
export function StoreServer({ server, isAlone, admin, levers }: StoreServerProps) {
  const [row, keepFocus] = useKeptFocus<HTMLDivElement>();
  const { id, state } = server;
  return (
    <div className="store-server" ref={row} {...(isAlone ? {} : { 'data-node': id })}>
      {isAlone ? null : <h3>{id}</h3>}
      <span className="mood" role="status">
        {STATE_SAYS[state]}
        {isAlone && AWAY.has(state) ? ': unreachable for every server' : ''}
      </span>
      <span className="store-latency">{latencyText(server)}</span>
      <span className="actions">
        {storeLevers(server, isAlone, admin).map((lever) => (
          <LeverButton key={lever.action} lever={lever} place={levers} onPress={keepFocus}>
            {ACTION_SAYS[lever.action]}
          </LeverButton>
        ))}
      </span>
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
