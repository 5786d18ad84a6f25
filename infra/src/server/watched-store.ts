import {
  type ControlledProcess,
  isStopped,
  type ReplicaState,
  type ReplicaStatus,
  readProcessUsage,
  restartDelayMs,
} from '@holdfast/fleet';
import { askMemcached } from '../memcached/ask-memcached.js';
import type { ObtainedMemcached } from '../memcached/obtain-memcached.js';
import type { Say } from '../progress.js';
import { givenRedisProblem } from '../redis/given-redis.js';
import type { ObtainedRedis } from '../redis/obtain-redis.js';
import { portOf } from '../redis/redis-address.js';
import type { NamedServer } from '../redis/redis-profile.js';
import type { ServerProcess } from './server-process.js';

const PROBE_INTERVAL_MS = 1_000;
const PROBE_TIMEOUT_MS = 1_000;
const REFUSED = 'requests that need it get 503';

/** A store to watch, and the functions that ask and steer it. */
export interface StoreToWatch {
  /** Its id in the control API: `redis`, `memcached`, `redis-1`. */
  readonly id: string;
  /** The kind of store. */
  readonly app: string;
  /** Its name in messages. */
  readonly name: string;
  /** What happens while it is away, as the end of the sentence "does not answer: requests get 503". */
  readonly whileAway: string;
  readonly port: number;
  /** The process, if we started it. */
  readonly server: ServerProcess | undefined;
  /** The state of its data after a restart, as the end of the sentence "is back on port 1". */
  readonly afterRestart: string;
  /** Delays its answers; undefined without a proxy in front of it. */
  readonly setLatency: ((ms: number) => Promise<void>) | undefined;
  /** The way to get such a proxy, for an error. */
  readonly howToDelay: string;
  /** True when it answers within the time. */
  answers(timeoutMs: number): Promise<boolean>;
  /** Ends it if we started it. */
  stop(): Promise<void>;
}

/** The Redis of a running system; `setLatency` is that of the proxy in front of it. */
export function watchRedis(
  { url, server, stop }: ObtainedRedis,
  say: Say,
  setLatency?: (ms: number) => Promise<void>,
): WatchedStore {
  return new WatchedStore(
    {
      ...{ id: 'redis', app: 'redis', name: 'Redis', whileAway: REFUSED },
      port: server?.port ?? portOf(url),
      server,
      afterRestart: 'with its data',
      setLatency,
      howToDelay: 'start the system with `npm start -- --redis-proxy`, which puts Toxiproxy in front of it',
      answers: async (timeoutMs) => (await givenRedisProblem(url, timeoutMs)) === undefined,
      stop,
    },
    say,
  );
}

/** One of several servers that are one store: `ask` tells whether it answers on its port. */
export function watchOneOf(
  { id, app, server }: NamedServer,
  ask: (port: number, timeoutMs: number) => Promise<boolean>,
  say: Say,
): WatchedStore {
  return new WatchedStore(
    {
      ...{ id, app, server, name: id, port: server.port },
      whileAway: 'the others take over its work',
      afterRestart: 'with its data',
      setLatency: undefined,
      howToDelay: 'only a single Redis can have one (`npm start -- --redis-proxy`, without --redis)',
      answers: (timeoutMs) => ask(server.port, timeoutMs),
      stop: () => server.stop(),
    },
    say,
  );
}

/** The Memcached of a running system. */
export function watchMemcached({ url, server, stop }: ObtainedMemcached, say: Say): WatchedStore {
  const { hostname, port } = new URL(url);
  return new WatchedStore(
    {
      ...{ id: 'memcached', app: 'memcached', name: 'Memcached', whileAway: REFUSED },
      port: Number(port),
      server,
      afterRestart: 'and empty',
      setLatency: undefined,
      howToDelay: 'only Redis can have one',
      answers: async (timeoutMs) => (await askMemcached(Number(port), hostname, timeoutMs)) !== undefined,
      stop,
    },
    say,
  );
}

/**
 * A store of a running system, as the fleet's control API shows it. A probe asks it every second. A store that we started
 * restarts on its port when it ends by itself, like a replica; a given one is only watched.
 */
export class WatchedStore implements ControlledProcess {
  readonly id: string;
  private state: ReplicaState = 'ready';
  private silent = false;
  private restarts = 0;
  private crashes = 0;
  private startedAt = new Date();
  private closed = false;
  private addedLatencyMs = 0;
  private latencyMs: number | null = null;
  private reviveTimer: NodeJS.Timeout | undefined;
  private probeTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: StoreToWatch,
    private readonly say: Say,
  ) {
    this.id = store.id;
    store.server?.onExit((how) => this.ended(how));
    this.probeLater();
  }

  status(): ReplicaStatus {
    const pid = this.pid();
    const usage = pid === null ? undefined : readProcessUsage(pid);
    return {
      id: this.id,
      app: this.store.app,
      fleet: 'stores',
      pid,
      port: this.store.port,
      state: this.seenState(),
      restarts: this.restarts,
      cpuSeconds: usage?.cpuSeconds ?? 0,
      rssBytes: usage?.rssBytes ?? 0,
      startedAt: this.store.server === undefined ? null : this.startedAt.toISOString(),
      latencyMs: this.seenState() === 'ready' ? this.latencyMs : null,
      ...(this.store.setLatency !== undefined && { addedLatencyMs: this.addedLatencyMs }),
    };
  }

  async kill(): Promise<boolean> {
    const { server } = this.store;
    if (server === undefined) return false;
    clearTimeout(this.reviveTimer);
    this.state = 'killed';
    await server.kill();
    return true;
  }

  pause(): boolean {
    if (this.store.server === undefined || this.state !== 'ready' || this.seenState() === 'paused') return false;
    this.store.server.pause();
    this.state = 'paused';
    return true;
  }

  resume(): boolean {
    if (this.store.server === undefined || this.seenState() !== 'paused') return false;
    this.store.server.resume();
    this.state = 'ready';
    return true;
  }

  async restart(): Promise<boolean> {
    const { server } = this.store;
    if (server === undefined) return false;
    clearTimeout(this.reviveTimer);
    this.restarts++;
    await this.launch();
    return true;
  }

  async slow(ms: number): Promise<string | undefined> {
    const { name, setLatency, howToDelay } = this.store;
    if (setLatency === undefined) return `No proxy is in front of ${name} that could delay it: ${howToDelay}.`;
    await setLatency(ms);
    this.addedLatencyMs = ms;
    return undefined;
  }

  /** Stops watching, and ends the server if it is ours. */
  async stop(): Promise<void> {
    this.closed = true;
    clearTimeout(this.reviveTimer);
    clearTimeout(this.probeTimer);
    this.state = 'stopped';
    await this.store.stop();
  }

  private async launch(): Promise<void> {
    // The state is set first, so that the end of the replaced process counts as intended.
    this.state = 'starting';
    await this.store.server?.restart();
    if (this.closed) return this.store.stop();
    this.state = 'ready';
    this.crashes = 0;
    this.silent = false;
    this.startedAt = new Date();
  }

  private ended(how: string): void {
    if (this.closed || this.state === 'killed' || this.state === 'starting') return;
    this.say(`${this.store.name} ended unexpectedly (${how}): ${this.store.whileAway} until it is back`);
    this.reviveLater();
  }

  private reviveLater(): void {
    this.state = 'crashed';
    this.crashes++;
    this.reviveTimer = setTimeout(() => void this.revive(), restartDelayMs(this.crashes));
  }

  private async revive(): Promise<void> {
    this.restarts++;
    try {
      await this.launch();
      this.say(`${this.store.name} is back on port ${this.store.port} ${this.store.afterRestart}`);
    } catch (error) {
      if (this.closed) return;
      this.say(error instanceof Error ? error.message : String(error));
      this.reviveLater();
    }
  }

  private probeLater(): void {
    this.probeTimer = setTimeout(() => void this.probe(), PROBE_INTERVAL_MS);
    this.probeTimer.unref();
  }

  private async probe(): Promise<void> {
    if (this.state === 'ready' || this.state === 'paused') {
      const askedMs = performance.now();
      const silent = !(await this.store.answers(PROBE_TIMEOUT_MS));
      this.latencyMs = silent ? null : performance.now() - askedMs;
      if (silent !== this.silent && !this.closed && (this.state === 'ready' || this.state === 'paused')) {
        this.silent = silent;
        this.say(
          silent ? `${this.store.name} does not answer: ${this.store.whileAway}` : `${this.store.name} answers again`,
        );
      }
    }
    if (!this.closed) this.probeLater();
  }

  private pid(): number | null {
    return this.store.server === undefined || this.state === 'crashed' || this.state === 'killed'
      ? null
      : this.store.server.pid;
  }

  private seenState(): ReplicaState {
    if (this.state !== 'ready') return this.state;
    const pid = this.pid();
    if (pid !== null && isStopped(pid)) return 'paused';
    return this.silent ? 'unreachable' : 'ready';
  }
}
