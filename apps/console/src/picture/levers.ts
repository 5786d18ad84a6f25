import type { AdminClient } from '../admin/admin-client.js';
import type { PolicyName, UpstreamView } from '../admin/shapes.js';
import type { Topology } from '../admin/use-topology.js';
import type { StepOutcome } from '../journey/journey.js';
import { tally, verdict } from '../journey/ledger.js';
import { actionsFor, type DestinationAction } from '../lab/topology.js';
import type { ScenarioCard, SessionStore } from '../scenario/catalogue.js';
import type { PictureGroup, PictureServer } from './picture-lane.js';

/** Something that changes the system, with what is to be expected, said before it is done. */
export interface Lever {
  readonly label: string;
  readonly will: string;
  act(): Promise<void>;
}

type Reads = readonly StepOutcome[] | null;

/** What each side's client met afterwards; null where the steps signed nobody in, so that nothing can be counted. */
export type Counted = { readonly left: Reads; readonly right: Reads } | null;

/** What a lever did, by the ledger. `meanwhile`: levers that were pulled before that was counted. */
export function resultText(label: string, counted: Counted, meanwhile: readonly string[] = []): string {
  const others = meanwhile.length === 0 ? '' : ` Before they were over: ${meanwhile.join(', ')}.`;
  if (counted === null)
    return `${label}: done. Nothing was counted, for the steps have signed nobody in: once they have, six reads follow each lever.`;
  const { left, right } = counted;
  return `${label}: done. Six reads after it: left, ${sideText(left)}; right, ${sideText(right)}.${others}`;
}

function sideText(outcomes: Reads): string {
  if (outcomes === null) return 'not counted, for nobody was signed in';
  const missing = Math.max(0, ...outcomes.map(({ missingTodos }) => missingTodos));
  const todos = missing === 0 ? '' : ` · up to ${missing} todos missing`;
  const by = [...new Set(outcomes.flatMap(({ servedBy }) => servedBy ?? []))].sort();
  return `${verdict(tally(outcomes)).toLowerCase()}${todos}${by.length === 0 ? '' : ` (by ${by.join(', ')})`}`;
}

/** The actions on buttons. */
export const ACTION_SAYS: Readonly<Record<DestinationAction, string>> = {
  ...{ kill: 'Kill', pause: 'Pause', resume: 'Resume', restart: 'Restart', drain: 'Drain', undrain: 'Undrain' },
};

export interface ServerLever extends Lever {
  readonly action: DestinationAction;
}

/** What can be done to one server. A server drains as a whole: in every upstream it is a destination of. */
export function serverLevers(
  { id, mood, held }: Pick<PictureServer, 'id' | 'mood' | 'held'>,
  { store, todos }: Pick<ScenarioCard, 'store' | 'todos'>,
  { upstreams, processes }: Pick<Topology, 'upstreams' | 'processes'>,
  admin: AdminClient,
): readonly ServerLever[] {
  const controlled = processes?.some((process) => process.id === id) === true;
  const isOver = mood === 'killed' || mood === 'stopped';
  const loss = isOver ? 'Its memory is empty then.' : lossText(store === 'memory' ? held : 0, todos);
  return actionsFor(mood, controlled).map((action) => ({
    action,
    label: `${ACTION_SAYS[action]} ${id}`,
    will: willText(action, isOver, loss),
    async act() {
      if (action !== 'drain' && action !== 'undrain') return admin.control(id, action);
      const own = upstreams.filter(({ destinations }) => destinations.some((other) => other.id === id));
      await Promise.all(own.map(({ name }) => admin.flow(name, id, action)));
    },
  }));
}

/** What ends with a server; `held` is null where its sessions are not known. */
function lossText(held: number | null, todos: ScenarioCard['todos']): string {
  const sessions = held === null ? 'The sessions' : held === 1 ? 'The 1 session' : `The ${held} sessions`;
  const loss = held === 0 ? 'No session is in it, so nobody is logged out.' : `${sessions} in its memory will be lost.`;
  return todos === 'memory' ? `${loss} Todos in its memory are lost too.` : loss;
}

function willText(action: DestinationAction, isOver: boolean, loss: string): string {
  switch (action) {
    case 'kill':
      return `It ends at once, with its sockets. ${loss}`;
    case 'restart':
      return `${isOver ? 'It starts again.' : 'It ends its requests, stops and starts again.'} ${loss}`;
    case 'pause':
      return 'It answers nothing until it is resumed, and loses nothing. Requests to it wait until the gateway notices.';
    case 'resume':
      return 'It goes on where it stopped.';
    case 'drain':
      return 'It gets no new clients. Those that a cookie binds to it stay.';
    case 'undrain':
      return 'It gets new clients again.';
  }
}

interface Scaled {
  readonly groups: readonly PictureGroup[];
}

/** One more server for every scenario shown, or one fewer: of each of its apps, the highest number. */
export function scaleLever(change: 1 | -1, lanes: readonly Scaled[], topology: Topology, admin: AdminClient): Lever {
  const apps = new Map<string, { app: string; fleet: string; replicas: number }>();
  for (const { id } of lanes.flatMap(({ groups }) => groups.flatMap(({ servers }) => servers))) {
    const process = topology.processes?.find((each) => each.id === id);
    if (process === undefined) continue;
    const { app, fleet } = process;
    const replicas = topology.processes?.filter((each) => each.app === app && each.fleet === fleet).length ?? 0;
    apps.set(`${fleet}/${app}`, { app, fleet, replicas });
  }
  const names = [...apps.values()].map(({ app, replicas }) => `${app} (${replicas} now)`).join(', ');
  return {
    label: change === 1 ? 'Add server' : 'Remove server',
    will:
      change === 1
        ? `Starts one more of ${names}. Round robin and IP hash share clients out anew at once.`
        : `Stops the last of ${names}. What is in its memory alone is lost.`,
    async act() {
      const scaled = [...apps.values()].filter(({ replicas }) => replicas + change >= 1);
      await Promise.all(scaled.map(({ app, fleet, replicas }) => admin.scale(app, replicas + change, fleet)));
    },
  };
}

interface PolicySwitch {
  /** `left` or `right`. */
  readonly whose: string;
  readonly store: SessionStore;
  /** Those of the scenario, which switch together. */
  readonly upstreams: readonly UpstreamView[];
  readonly policy: PolicyName;
}

/** Another policy for one scenario, from its next request on. */
export function policyLever({ whose, store, upstreams, policy }: PolicySwitch, admin: AdminClient): Lever {
  const bound = upstreams.some(({ affinity }) => affinity !== null);
  const moves = bound
    ? 'Clients with an affinity cookie stay where they are; the others are shared out anew.'
    : 'Every client may move to another server.';
  const cost =
    store === 'memory'
      ? 'A session is in the memory of one server: who moves loses the login.'
      : 'Each of them knows every session.';
  return {
    label: `Switch the ${whose} policy to ${policy}`,
    will: `From the next request on servers are chosen by ${policy}. ${moves} ${cost}`,
    async act() {
      await Promise.all(upstreams.map(({ name }) => admin.setPolicy(name, policy)));
    },
  };
}
