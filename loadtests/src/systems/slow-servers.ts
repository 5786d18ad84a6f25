import { join } from 'node:path';
import { obtainToxiproxy, startToxiproxyServer, type ToxiproxyServer } from '@holdfast/infra';
import type { ProcessStatus, RunningSystem } from './running-system.js';

/** Puts a Toxiproxy between the gateway and single servers, once the first server is to be slow. */
export class SlowServers {
  private toxiproxy: Promise<ToxiproxyServer> | undefined;
  /** The port that leads to a process through Toxiproxy, by its id. */
  private readonly ports = new Map<string, number>();

  constructor(
    private readonly running: RunningSystem,
    private readonly dataDir: string,
    private readonly programDir: string,
  ) {}

  /** Delays answers of the process by this time; with 0 the gateway asks it directly again. */
  async slow({ id, port }: ProcessStatus, ms: number): Promise<void> {
    if (ms === 0) return this.running.route(id, port);
    const { client } = await this.start();
    const through = this.ports.get(id) ?? (await client.createProxy(id, `127.0.0.1:${port}`)).port;
    this.ports.set(id, through);
    await client.addLatency(id, ms);
    await this.running.route(id, through);
  }

  async stop(): Promise<void> {
    await (await this.toxiproxy)?.stop();
  }

  private start(): Promise<ToxiproxyServer> {
    this.toxiproxy ??= obtainToxiproxy(this.programDir).then(({ binary }) =>
      startToxiproxyServer({ binary, dir: join(this.dataDir, 'slow-servers'), temporary: true }),
    );
    return this.toxiproxy;
  }
}
