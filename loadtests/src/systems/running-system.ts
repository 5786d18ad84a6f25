import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { lastOutput } from '@holdfast/infra';
import { z } from 'zod';

const root = join(import.meta.dirname, '../../..');
const START_TIMEOUT_MS = 180_000;
const RESTART_MS = 30_000;

const upstreams = z.array(
  z.looseObject({ name: z.string(), destinations: z.array(z.looseObject({ id: z.string(), state: z.string() })) }),
);
const upstreamsAnswer = z.union([upstreams, z.looseObject({ upstreams }).transform((answer) => answer.upstreams)]);

const fleetAnswer = z.object({
  processes: z.array(
    z.looseObject({ id: z.string(), app: z.string(), fleet: z.string(), port: z.number(), pid: z.number().nullable() }),
  ),
});

export type ProcessStatus = z.output<typeof fleetAnswer>['processes'][number];
export type ProcessAction = 'kill' | 'pause' | 'resume' | 'restart' | 'drain';

/** The whole system, started as `npm start` does with ports and data of its own, and seen over HTTP only. */
export class RunningSystem {
  /** Resolves when the system answers; rejects with its last lines when it does not get ready. */
  readonly ready: Promise<void>;
  /** The gateway's admin API. */
  readonly adminUrl: string;
  private readonly child: ChildProcess;

  /** Starts the fleets that these scenarios need, with `env` in addition to our variables. May be stopped at once, ready or not. */
  constructor(
    scenarios: readonly string[],
    dataDir: string,
    private readonly ports: { readonly gateway: number; readonly admin: number; readonly redisProxy?: boolean },
    env: Readonly<Record<string, string>> = {},
  ) {
    const { gateway, admin, redisProxy = false } = ports;
    this.adminUrl = `http://127.0.0.1:${admin}`;
    const script = join(root, 'infra/bin/start.mjs');
    this.child = spawn(
      process.execPath,
      [script, '--scenarios', scenarios.join(','), '--data-dir', dataDir, ...(redisProxy ? ['--redis-proxy'] : [])],
      {
        cwd: root,
        env: {
          ...{ ...process.env, ...env },
          ...{ GATEWAY_PORT: String(gateway), GATEWAY_ADMIN_PORT: String(admin), REPLICAS: '3' },
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        // Ctrl-C is for the lab, which then ends the system in good order.
        detached: true,
      },
    );
    this.ready = becomeReady(this.child);
  }

  /** The address of a scenario. */
  url(scenario: string): string {
    return `http://${scenario}.localhost:${this.ports.gateway}`;
  }

  /** Every process of the fleet, and the port at which it answers directly. */
  async processes(): Promise<ProcessStatus[]> {
    return fleetAnswer.parse(await (await fetch(`${this.adminUrl}/fleet`)).json()).processes;
  }

  /** Performs the action; resolves when the fleet has done it. */
  async act(process: string, action: ProcessAction): Promise<void> {
    await this.post(`/fleet/${process}/${action}`);
  }

  async kill(process: string): Promise<void> {
    await this.act(process, 'kill');
  }

  /** Starts a process again and waits until the gateway sends it requests. */
  async restart(process: string): Promise<void> {
    await this.act(process, 'restart');
    await this.untilUp(process);
  }

  /** Resolves when the gateway sends requests to the process. */
  async untilUp(process: string): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!(await this.isUp(process))) {
      if (Date.now() > deadline) throw new Error(`the gateway did not take ${process} back within 30 s`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Restarts the gateway, which answers before it ends; resolves when another process serves. */
  async restartGateway({ id, pid }: ProcessStatus): Promise<void> {
    await this.act(id, 'restart');
    const deadline = Date.now() + RESTART_MS;
    for (;;) {
      const now = await this.processes().catch(() => []);
      if (now.some((process) => process.id === id && process.pid !== null && process.pid !== pid)) return;
      if (Date.now() > deadline) throw new Error(`the gateway was not restarted within ${RESTART_MS / 1000} s`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Makes the gateway ask the process at this port; resolves when it does. */
  async route(process: string, port: number): Promise<void> {
    const seen = (await this.upstreams()).filter(({ destinations }) => destinations.some(({ id }) => id === process));
    for (const { name } of seen)
      await this.post(`/upstreams/${name}/destinations`, { id: process, url: `http://127.0.0.1:${port}` });
    await this.untilUp(process);
  }

  /** Delays answers of a store by this time; rejects when no proxy is in front of it. */
  async slow(store: string, ms: number): Promise<void> {
    await this.post(`/stores/${store}/slow`, { ms });
  }

  /** Runs this many replicas of an app from now on. */
  async scale(app: string, replicas: number, fleet: string): Promise<void> {
    await this.post(`/fleet/${app}/scale`, { replicas, fleet });
  }

  /** Ends the system and everything it started. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await gone;
  }

  private async isUp(id: string): Promise<boolean> {
    const seen = (await this.upstreams())
      .flatMap((pool) => pool.destinations)
      .filter((destination) => destination.id === id);
    return seen.length > 0 && seen.every((destination) => destination.state === 'up');
  }

  private async upstreams(): Promise<z.output<typeof upstreamsAnswer>> {
    const response = await fetch(`${this.adminUrl}/upstreams`);
    return upstreamsAnswer.parse(await response.json());
  }

  private async post(path: string, body?: object): Promise<void> {
    const response = await fetch(this.adminUrl + path, {
      method: 'POST',
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`);
  }
}

async function becomeReady(child: ChildProcess): Promise<void> {
  const output = lastOutput(child);
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`the system was not ready in time\n${output()}`)),
      START_TIMEOUT_MS,
    );
    child.stdout?.on('data', () => {
      if (!/^ready {2}/m.test(output())) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`the system did not start\n${output()}`));
    });
  });
}
