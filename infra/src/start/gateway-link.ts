import type { FleetHooks, ReplicaStatus } from '@holdfast/fleet';
import type { System } from '../system/system-file.js';
import { scenarioUpstreams } from '../system/upstreams.js';

/** Keeps the gateway's destinations in step with the fleet, over the gateway's admin API. */
export function gatewayLink(system: System, adminUrl: () => string): FleetHooks {
  const upstreams = scenarioUpstreams(system);
  const inEveryUpstream = async (replica: ReplicaStatus, call: (destinations: string) => Promise<Response>) => {
    const theirs = upstreams.filter(({ fleet, app }) => fleet === replica.fleet && app === replica.app);
    await Promise.all(theirs.map(({ name }) => expectDone(call(`${adminUrl()}/upstreams/${name}/destinations`))));
  };
  const post = (url: string, body?: unknown) =>
    fetch(url, {
      method: 'POST',
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  return {
    added: (replica) =>
      inEveryUpstream(replica, (destinations) =>
        post(destinations, { id: replica.id, url: `http://127.0.0.1:${replica.port}`, weight: 1 }),
      ),
    draining: (replica) => inEveryUpstream(replica, (destinations) => post(`${destinations}/${replica.id}/drain`)),
    undraining: (replica) => inEveryUpstream(replica, (destinations) => post(`${destinations}/${replica.id}/undrain`)),
    removing: (replica) =>
      inEveryUpstream(replica, (destinations) => fetch(`${destinations}/${replica.id}`, { method: 'DELETE' })),
  };
}

async function expectDone(answering: Promise<Response>): Promise<void> {
  const response = await answering;
  if (!response.ok) throw new Error(`the gateway answered ${response.status}: ${await response.text()}`);
  await response.body?.cancel();
}
