import type { FleetHooks, ReplicaStatus } from '@holdfast/fleet';
import type { System } from '@holdfast/system';
import { CONSOLE_UPSTREAM, READER_UPSTREAM, scenarioUpstreams } from '../system/upstreams.js';

const CALL_TIMEOUT_MS = 5_000;
const RETRY_MS = 500;

/**
 * Keeps the gateway's destinations in step with the fleet, over the gateway's admin API. It remembers the gateway's state, and
 * repeats failed calls and all that a restarted gateway has forgotten. It does not touch changes that other programs make by that
 * API.
 */
export class GatewayLink implements FleetHooks {
  private readonly upstreams: readonly { readonly name: string; readonly fleet: string; readonly app: string }[];
  /** `<upstream>/destinations/<id>` → url: the fleet's state. */
  private readonly wanted = new Map<string, string>();
  /** The same as the gateway has it. */
  private told = new Map<string, string>();
  /** The same as in the gateway's file, which a restarted gateway reads. */
  private inFile = new Map<string, string>();
  private readonly drained = new Set<string>();
  private telling: Promise<void> = Promise.resolve();
  private retryTimer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    system: System,
    private readonly adminUrl: string,
    private readonly say: (line: string) => void = () => undefined,
  ) {
    this.upstreams = [...scenarioUpstreams(system), CONSOLE_UPSTREAM, READER_UPSTREAM];
  }

  /** The gateway's file holds these replicas. */
  wroteFile(replicas: readonly ReplicaStatus[]): void {
    for (const replica of replicas) this.want(replica);
    this.inFile = new Map(this.wanted);
    this.told = new Map(this.wanted);
  }

  /** Whether the gateway is to have this replica at this port: it is ready, and does not leave. */
  wants(replica: ReplicaStatus): boolean {
    return this.pathsOf(replica).some((path) => this.wanted.get(path) === addressOf(replica));
  }

  /** The gateway has read its file again, and has lost all other changes. */
  async gatewayStarted(): Promise<void> {
    this.told = new Map(this.inFile);
    await this.tell();
    for (const path of this.drained) await this.call('POST', `${path}/drain`).catch(() => undefined);
  }

  async added(replica: ReplicaStatus): Promise<void> {
    this.want(replica);
    await this.tell();
  }

  async removing(replica: ReplicaStatus): Promise<void> {
    for (const path of this.pathsOf(replica)) {
      this.wanted.delete(path);
      this.drained.delete(path);
    }
    await this.tell();
  }

  async draining(replica: ReplicaStatus): Promise<void> {
    const paths = this.pathsOf(replica);
    await Promise.all(paths.map((path) => this.call('POST', `${path}/drain`)));
    for (const path of paths) this.drained.add(path);
  }

  async undraining(replica: ReplicaStatus): Promise<void> {
    const paths = this.pathsOf(replica);
    for (const path of paths) this.drained.delete(path);
    await Promise.all(paths.map((path) => this.call('POST', `${path}/undrain`)));
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.retryTimer);
  }

  private want(replica: ReplicaStatus): void {
    for (const path of this.pathsOf(replica)) this.wanted.set(path, addressOf(replica));
  }

  private pathsOf(replica: ReplicaStatus): string[] {
    return this.upstreams
      .filter(({ fleet, app }) => fleet === replica.fleet && app === replica.app)
      .map(({ name }) => `${name}/destinations/${replica.id}`);
  }

  /** Calls run one after the other, because two at once could overtake each other. */
  private tell(): Promise<void> {
    this.telling = this.telling.then(() => this.tellNow());
    return this.telling;
  }

  private async tellNow(): Promise<void> {
    clearTimeout(this.retryTimer);
    const gone = [...this.told.keys()].filter((path) => !this.wanted.has(path));
    const fresh = [...this.wanted].filter(([path, url]) => this.told.get(path) !== url);
    const results = await Promise.allSettled([
      ...gone.map(async (path) => {
        await this.call('DELETE', path);
        this.told.delete(path);
      }),
      ...fresh.map(async ([path, url]) => {
        const [upstream, , id] = path.split('/');
        await this.call('POST', `${upstream}/destinations`, { id, url, weight: 1 });
        this.told.set(path, url);
      }),
    ]);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed === undefined || this.closed) return;
    this.say(`the gateway did not take a change in the fleet, trying again: ${String(failed.reason)}`);
    this.retryTimer = setTimeout(() => void this.tell(), RETRY_MS);
    this.retryTimer.unref();
  }

  private async call(method: 'POST' | 'DELETE', path: string, body?: object): Promise<void> {
    const response = await fetch(`${this.adminUrl}/upstreams/${path}`, {
      method,
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    // Another program has removed it already.
    if (method === 'DELETE' && response.status === 404) return;
    if (!response.ok) throw new Error(`the gateway answered ${response.status}: ${text}`);
  }
}

function addressOf({ port }: ReplicaStatus): string {
  return `http://127.0.0.1:${port}`;
}
