import type { AdminClient } from '../admin/admin-client.js';
import type { ActorChannel } from './actor/actor-channel.js';
import type { Happening, Stage } from './stage.js';

/** Long enough between requests for an audience to follow, short enough not to bore it. */
const REQUEST_PAUSE_MS = 180;
const RETRY_PAUSE_MS = 400;

/** The stage of the page: requests go through the frames, deeds through the admin API, and `tell` hears of both. */
export function realStage(
  admin: AdminClient,
  channelOf: (scenario: string) => ActorChannel,
  tell: (happening: Happening) => void,
): Stage {
  return {
    async ask(scenario, label, request) {
      const answer = await channelOf(scenario).ask(request);
      tell({ kind: 'request', scenario, label, stranger: request.stranger === true, answer });
      await pause(REQUEST_PAUSE_MS);
      return answer;
    },
    chat: (scenario, command) => channelOf(scenario).chat(command),
    async act(id, action, text) {
      await admin.control(id, action);
      tell({ kind: 'deed', text, ends: [id], ...(id === 'redis' && action === 'restart' && { mendsRedis: true }) });
    },
    async scale(app, replicas, fleet, text) {
      const before = (await admin.fleet()) ?? [];
      await admin.scale(app, replicas, fleet);
      const after = new Set((await admin.fleet())?.map(({ id }) => id));
      const ends = before.filter(({ id }) => !after.has(id)).map(({ id }) => id);
      tell({ kind: 'deed', text, ends });
    },
    note: (text, gives) => tell({ kind: 'deed', text, gives, ends: [] }),
    async sockets(upstream) {
      const view = (await admin.upstreams()).find(({ name }) => name === upstream);
      return new Map(view?.destinations.map(({ id, tunnels }) => [id, tunnels]));
    },
    pause: () => pause(RETRY_PAUSE_MS),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
