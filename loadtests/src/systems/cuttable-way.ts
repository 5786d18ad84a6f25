import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { obtainToxiproxy, startToxiproxyServer, type ToxiproxyServer } from '@holdfast/infra';

const programDir = process.env.DATA_DIR || join(import.meta.dirname, '../../../.data');
const NAME = 'redis';

/** A way to Redis through Toxiproxy that can be cut. */
export class CuttableWay {
  private constructor(
    private readonly toxiproxy: ToxiproxyServer,
    private readonly dir: string,
    readonly url: string,
  ) {}

  static async to(redisUrl: string): Promise<CuttableWay> {
    const { binary } = await obtainToxiproxy(programDir);
    const dir = await mkdtemp(join(tmpdir(), 'holdfast-way-'));
    const toxiproxy = await startToxiproxyServer({ binary, dir, temporary: true });
    const { port } = await toxiproxy.client.createProxy(NAME, new URL(redisUrl).host);
    return new CuttableWay(toxiproxy, dir, `redis://127.0.0.1:${port}`);
  }

  /** Ends every connection and refuses new ones, for this time. */
  async cutFor(ms: number): Promise<void> {
    await this.toxiproxy.client.setEnabled(NAME, false);
    await delay(ms);
    await this.toxiproxy.client.setEnabled(NAME, true);
  }

  async stop(): Promise<void> {
    await this.toxiproxy.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}
