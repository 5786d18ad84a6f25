import { type ControlledProcess, type Fleet, isAlive, type Replica } from '@holdfast/fleet';

/** Long enough for the gateway to hand on the answer to the request that ends it. */
const ANSWER_MS = 200;

/** The gateway's processes as its own admin API steers them. */
export function steerableGateways(gateway: Fleet | undefined): ControlledProcess[] {
  const replicas = gateway?.status().flatMap(({ id }) => gateway.find(id) ?? []) ?? [];
  return replicas.map(steerableGateway);
}

/**
 * `kill` and `restart` answer first and then act, because the answer passes through the gateway. A killed gateway starts again at
 * once, and it cannot be paused, because no request could reach a stopped one.
 */
function steerableGateway(replica: Replica): ControlledProcess {
  const afterwards = (act: () => unknown): true => {
    setTimeout(() => void act(), ANSWER_MS);
    return true;
  };
  return {
    id: replica.id,
    status: () => replica.status(),
    kill: async () => {
      const { pid } = replica.status();
      return pid !== null && afterwards(() => isAlive(pid) && process.kill(pid, 'SIGKILL'));
    },
    // A failed start is reported as the next crash.
    restart: async () => afterwards(() => replica.restart().catch(() => undefined)),
    pause: () => false,
    resume: () => false,
  };
}
