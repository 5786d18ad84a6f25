import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppServer } from '../app/app-server.js';
import { freePorts } from '../systems/free-ports.js';

const START_MS = 20_000;
/** The replica is a program, which a test does not translate. */
const BUILT = join(import.meta.dirname, '../../dist/proxy-faults');

/** A real process behind the load balancer; it keeps its port when it comes back. */
export class Replica extends AppServer {
  constructor(
    readonly id: string,
    readonly port: number,
    ledger: string,
  ) {
    super({
      ...{ name: id, command: 'exec node replica-process.js', folder: BUILT, port },
      ...{ env: { ID: id, LEDGER: ledger }, ready: { tcp: true }, startTimeoutMs: START_MS },
    });
  }

  async behave(change: {
    readonly delayMs?: number;
    readonly status?: number;
    readonly slots?: number;
  }): Promise<void> {
    await fetch(`http://127.0.0.1:${this.port}/behaviour`, { method: 'PUT', body: JSON.stringify(change) });
  }
}

/** Replicas that share a ledger of the POSTs they have done. */
export class Replicas {
  private constructor(
    private readonly dir: string,
    private readonly ledger: string,
    readonly all: readonly Replica[],
  ) {}

  static async start(count: number): Promise<Replicas> {
    const dir = await mkdtemp(join(tmpdir(), 'holdfast-replicas-'));
    const ledger = join(dir, 'ledger');
    await writeFile(ledger, '');
    const all = (await freePorts(count)).map((port, n) => new Replica(`d-${n}`, port, ledger));
    const replicas = new Replicas(dir, ledger, all);
    await Promise.all(all.map((replica) => replica.start())).catch(async (error: unknown) => {
      await replicas.stop();
      throw error;
    });
    return replicas;
  }

  /** The names of the POSTs that were worked on. */
  done(): Set<string> {
    return new Set(this.entries());
  }

  doneTwice(): number {
    const entries = this.entries();
    return entries.length - new Set(entries).size;
  }

  async stop(): Promise<void> {
    for (const replica of this.all) replica.signal('SIGKILL');
    await rm(this.dir, { recursive: true, force: true });
  }

  private entries(): string[] {
    return readFileSync(this.ledger, 'utf8').split('\n').filter(Boolean);
  }
}
