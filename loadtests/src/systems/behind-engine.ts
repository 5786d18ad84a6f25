import { type Engine, poolsOf, type System as SystemFile, startEngine } from '@holdfast/infra';
import type { ServerControl } from './control.js';
import type { HoldfastSystem } from './holdfast-system.js';
import type { LabSystem } from './lab-system.js';
import { occupantsOf } from './upstreams.js';

/** A system for one run. */
export interface SystemOfRun extends LabSystem {
  /** Ends everything that was started for the run. */
  stop(): Promise<void>;
}

/**
 * Our fleets behind another load balancer, which is started for the scenario's current servers and knows nothing of earlier
 * runs. It learns of kills and restarts by its own checks. Our gateway stays beside it, for its admin API. An engine without a
 * program is that gateway.
 */
export async function behindEngine(
  { id: engineId, program }: Engine,
  system: HoldfastSystem,
  { file, scenario, dir }: { readonly file: SystemFile; readonly scenario: string; readonly dir: string },
): Promise<SystemOfRun> {
  const through: LabSystem = {
    url: (name) => system.url(name),
    control: (name) => system.control(name),
    serverOf: (name) => system.serverOf(name),
    serverPids: (name) => system.serverPids(name),
    processes: (name) => system.processes(name),
    storedTodos: (name, stamp) => system.storedTodos(name, stamp),
    storedMessages: (name, stamp) => system.storedMessages(name, stamp),
    pids: (name) => system.pids(name),
  };
  if (program === undefined)
    return { ...through, answersSent: () => system.answersSent(), stop: async () => undefined };
  const pools = poolsOf(file, [scenario], await system.servers(scenario));
  const engine = await startEngine(program, pools, { dir, temporary: true });
  const { drain } = program;
  /** A server that the engine drains if it can, and takes back when it was started again. */
  const withDrain = async (name: string, server: ServerControl): Promise<ServerControl> => {
    if (drain === undefined) return server;
    const serverOf = await system.serverOf(scenario);
    const mine = pools.flatMap(({ name: pool, destinations }) =>
      destinations.filter(({ id }) => serverOf.get(id) === name).map(({ id }) => ({ pool, id })),
    );
    const each = async (on: boolean): Promise<void> => {
      for (const { pool, id } of mine) await drain(engine.adminPort, pool, id, on);
    };
    return {
      ...server,
      drain: () => each(true),
      // The only engine that drains, alb, is our gateway with another file.
      occupants: () => occupantsOf(`http://127.0.0.1:${engine.adminPort}`, new Set(mine.map(({ id }) => id))),
      async restart() {
        await server.restart();
        await each(false);
      },
    };
  };
  return {
    ...through,
    url: (name) => `http://${name}.localhost:${engine.port}`,
    async control(name) {
      const { gateway: _ours, servers, ...control } = await system.control(name);
      const drained = [...servers].map(async ([id, server]) => [id, await withDrain(id, server)] as const);
      return { ...control, servers: new Map(await Promise.all(drained)), gateway: { restart: () => engine.restart() } };
    },
    async processes(name) {
      const [pid] = engine.pids();
      const own = pid === undefined ? [] : [{ id: engineId, part: 'gateway', pid }];
      return [...own, ...(await system.processes(name))];
    },
    pids: async (name) => ({ ...(await system.pids(name)), gateway: engine.pids() }),
    stop: () => engine.stop(),
  };
}
