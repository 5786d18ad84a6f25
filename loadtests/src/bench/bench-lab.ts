import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../systems/free-ports.js';
import { RunningSystem } from '../systems/running-system.js';

/** The services of `round-robin-cached` behind the gateway. */
export class BenchLab {
  private constructor(
    private readonly dir: string,
    readonly system: RunningSystem,
  ) {}

  /** Starts everything; resolves before the system is ready, so that it can be ended meanwhile. */
  static async start(): Promise<BenchLab> {
    const dir = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
    const [gateway = 0, admin = 0] = await freePorts(2);
    // Users who are to lose their session all register from one address.
    const env = { REGISTRATIONS_PER_ADDRESS: '100000' };
    return new BenchLab(dir, new RunningSystem(['round-robin-cached'], join(dir, 'data'), { gateway, admin }, env));
  }

  /** Ends everything that was started and leaves nothing behind. */
  async end(): Promise<void> {
    await this.system.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}
