import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import type { FleetControl } from '../scenarios/fault.js';

const root = join(import.meta.dirname, '../../..');
const startTimeoutMs = 180_000;

const upstreams = z.array(
  z.looseObject({ destinations: z.array(z.looseObject({ id: z.string(), state: z.string() })) }),
);
const upstreamsAnswer = z.union([upstreams, z.looseObject({ upstreams }).transform((answer) => answer.upstreams)]);

const fleetAnswer = z.object({
  processes: z.array(z.looseObject({ id: z.string(), app: z.string(), port: z.number() })),
});

/** The whole system, started as `npm start` does with ports and data of its own, and seen over HTTP only. */
export class RunningSystem implements FleetControl {
  /** Resolves when the system answers; rejects with its last lines when it does not get ready. */
  readonly ready: Promise<void>;
  private readonly child: ChildProcess;
  private readonly adminUrl: string;

  /** Starts the fleets that these scenarios need; `env` is theirs besides ours. May be stopped at once, ready or not. */
  constructor(
    scenarios: readonly string[],
    dataDir: string,
    private readonly ports: { readonly gateway: number; readonly admin: number },
    env: Readonly<Record<string, string>> = {},
  ) {
    const { gateway, admin } = ports;
    this.adminUrl = `http://127.0.0.1:${admin}`;
    const script = join(root, 'infra/bin/start.mjs');
    this.child = spawn(process.execPath, [script, '--scenarios', scenarios.join(','), '--data-dir', dataDir], {
      cwd: root,
      env: {
        ...{ ...process.env, ...env },
        ...{ GATEWAY_PORT: String(gateway), GATEWAY_ADMIN_PORT: String(admin), REPLICAS: '3' },
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C is for the lab, which then ends the system in good order.
      detached: true,
    });
    this.ready = becomeReady(this.child);
  }

  /** The address of a scenario. */
  url(scenario: string): string {
    return `http://${scenario}.localhost:${this.ports.gateway}`;
  }

  /** Every process of the fleet, and the port at which it answers directly. */
  async processes(): Promise<z.output<typeof fleetAnswer>['processes']> {
    return fleetAnswer.parse(await (await fetch(`${this.adminUrl}/fleet`)).json()).processes;
  }

  async kill(process: string): Promise<void> {
    await this.post(`/fleet/${process}/kill`);
  }

  /** Starts a process again and waits until the gateway sends it requests. */
  async restart(process: string): Promise<void> {
    await this.post(`/fleet/${process}/restart`);
    const deadline = Date.now() + 30_000;
    while (!(await this.isUp(process))) {
      if (Date.now() > deadline) throw new Error(`the gateway did not take ${process} back within 30 s`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Ends the system and everything it started. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await gone;
  }

  private async isUp(id: string): Promise<boolean> {
    const response = await fetch(`${this.adminUrl}/upstreams`);
    const pools = upstreamsAnswer.parse(await response.json());
    const seen = pools.flatMap((pool) => pool.destinations).filter((destination) => destination.id === id);
    return seen.length > 0 && seen.every((destination) => destination.state === 'up');
  }

  private async post(path: string): Promise<void> {
    const response = await fetch(this.adminUrl + path, { method: 'POST' });
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`);
  }
}

async function becomeReady(child: ChildProcess): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the system was not ready in time\n${output}`)), startTimeoutMs);
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-4_000);
      if (!/^ready {2}/m.test(output)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`the system did not start\n${output}`));
    });
  });
}
