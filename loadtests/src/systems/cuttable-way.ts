import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obtainToxiproxy, startToxiproxyServer, type ToxiproxyServer } from '@holdfast/infra';

const programDir = process.env.DATA_DIR || join(import.meta.dirname, '../../../.data');
const NAME = 'redis';

/** A way to Redis through Toxiproxy that can be cut. */
export class CuttableWay {
  private constructor(
    private readonly toxiproxy: ToxiproxyServer,
    readonly url: string,
  ) {}

  static async to(redisUrl: string): Promise<CuttableWay> {
    const { binary } = await obtainToxiproxy(programDir);
    const dir = await mkdtemp(join(tmpdir(), 'holdfast-way-'));
    const toxiproxy = await startToxiproxyServer({ binary, dir, temporary: true });
    try {
      const { port } = await toxiproxy.client.createProxy(NAME, new URL(redisUrl).host);
      return new CuttableWay(toxiproxy, `redis://127.0.0.1:${port}`);
    } catch (error) {
      await toxiproxy.stop();
      throw error;
    }
  }

  /** Ends every connection and refuses new ones. */
  async cut(): Promise<void> {
    await this.toxiproxy.client.setEnabled(NAME, false);
  }

  /** Takes connections again. */
  async mend(): Promise<void> {
    await this.toxiproxy.client.setEnabled(NAME, true);
  }

  async stop(): Promise<void> {
    await this.toxiproxy.stop();
  }
}
