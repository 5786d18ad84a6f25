import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { guardian, lastOutput } from '@holdfast/infra';
import type { Ready } from './app-file.js';
import type { Routing } from './app-file.schema.js';

const MAIN = join(import.meta.dirname, '../../../apps/gateway/dist/main.js');
const START_MS = 20_000;

export interface Destination {
  readonly id: string;
  readonly url: string;
}

/** The gateway's file for one routing of an app. */
export function gatewayFile(
  routing: Routing,
  destinations: readonly Destination[],
  ready: Ready,
  { port, admin }: { readonly port: number; readonly admin: number },
): object {
  return {
    listen: { port, host: '127.0.0.1' },
    admin: { port: admin },
    // Each user has an address of its own, as in real life.
    trustedProxies: ['127.0.0.1/32'],
    ...(routing === 'cookie' && { affinitySecrets: [randomBytes(32).toString('hex')] }),
    upstreams: {
      app: {
        policy: routing === 'ip-hash' ? 'ip-hash' : 'round-robin',
        ...(routing === 'cookie' && { affinity: { cookie: 'hf_affinity', onFailure: 'redistribute' } }),
        ...('path' in ready && { health: { path: ready.path } }),
        destinations,
      },
    },
    routes: [{ path: '/', upstream: 'app' }],
  };
}

/** Our gateway in front of an app, in a process of its own. */
export class AppGateway {
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Resolves when it answers and every destination is up. */
  static async start(
    routing: Routing,
    destinations: readonly Destination[],
    ready: Ready,
    ports: { readonly port: number; readonly admin: number },
    dir: string,
  ): Promise<AppGateway> {
    const path = join(dir, 'gateway.json');
    await writeFile(path, JSON.stringify(gatewayFile(routing, destinations, ready, ports), null, 2), { mode: 0o600 });
    // A group of its own: Ctrl-C is for the lab, which then ends it in good order.
    const child = spawn(process.execPath, [MAIN, path], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    guardian().watch(child);
    const output = lastOutput(child);
    const gateway = new AppGateway(ports.port, child);
    const deadline = Date.now() + START_MS;
    while (!(await allUp(ports.admin))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await gateway.stop();
        throw new Error(`the gateway did not start\n${output()}`);
      }
      await delay(50);
    }
    return gateway;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await gone;
  }
}

async function allUp(admin: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${admin}/upstreams`).catch(() => undefined);
  if (response === undefined || !response.ok) return false;
  const { upstreams } = (await response.json()) as { upstreams: { destinations: { state: string }[] }[] };
  return upstreams.every(({ destinations }) => destinations.every(({ state }) => state === 'up'));
}
