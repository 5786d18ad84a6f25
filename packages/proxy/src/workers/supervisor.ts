import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { parseConfig } from '../config/parse-config.js';
import type { DestinationConfig, ProxyConfig, ResolvedConfig } from '../config/proxy-config.js';
import { listenOn } from '../listener/listen-on.js';
import { NetProxy } from '../net-proxy.js';
import { Warnings } from '../pipeline/warnings.js';
import type {
  ChangeResult,
  DestinationChange,
  ProxyDeps,
  ProxyEvents,
  ProxyMetrics,
  ProxyWarning,
  ReloadResult,
  ReverseProxy,
  UpstreamStatus,
} from '../proxy-api.js';
import { catchUp } from './catch-up.js';
import { afterTheEnd, mergeMetrics, worstOf } from './merge-metrics.js';
import type { Command, FromWorker, ToWorker } from './messages.js';
import { restartDelayMs } from './restart-delay.js';
import { runCommand } from './run-command.js';
import { shareConfig } from './share-config.js';
import { Worker, type WorkerOwner } from './worker.js';

const RECENT_MS = 60_000;
const LOOK_MS = 1000;

/**
 * A proxy that runs in several processes. This process owns the port, so the port stays open when any other of them dies. It accepts
 * clients, unread, and hands each to the next worker, which serves it to the end. Changes reach every worker within
 * milliseconds, in order; figures are at most a fifth of a second old. A worker that dies takes its requests in flight with
 * it and is replaced by one that knows every change since the start.
 */
export class Supervisor implements ReverseProxy, WorkerOwner {
  private readonly events = new EventEmitter();
  private readonly server: Server;
  private workers: readonly Worker[] = [];
  private cursor = 0;
  /** Clients that no worker was free to take yet. */
  private readonly waiting: Socket[] = [];
  /** Makes every change first, to find out whether it can be made and what a new worker starts with. It serves no clients. */
  private readonly model: NetProxy;
  /** The config of each worker. */
  private config: ResolvedConfig;
  /** Secrets made for all workers. Otherwise each worker would make its own and would not know the others' cookies. */
  private readonly madeSecrets: readonly string[];
  private readonly drainedAtMs = new Map<string, number>();
  private readonly announced = new Map<string, string>();
  /** The counts of the workers that ended. */
  private past: readonly ProxyMetrics[] = [];
  private deathsMs: readonly number[] = [];
  private restarts = 0;
  private toldOfDroppedHeader = false;
  /** Failures in this process while accepting clients, by error code. */
  private readonly localErrors: Record<string, number> = {};
  private readonly warnings = new Warnings(
    () => performance.now(),
    (warning) => this.events.emit('warning', warning),
  );
  private readonly replacing = new Set<NodeJS.Timeout>();
  private looking: NodeJS.Timeout | undefined;
  private isRunning = false;
  private closed: Promise<void> | undefined;

  constructor(
    config: ResolvedConfig,
    private readonly count: number,
    private readonly deps: Pick<ProxyDeps, 'accessLog' | 'tracing'>,
  ) {
    this.madeSecrets = config.affinitySecrets.length === 0 ? [randomBytes(32).toString('hex')] : [];
    this.config = this.shareOf(config);
    this.model = new NetProxy(this.config, {});
    this.server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => this.accept(socket));
    this.server.on('error', (error: NodeJS.ErrnoException) => this.cannotAccept(error));
  }

  async listen(): Promise<{ port: number; host: string }> {
    const address = await listenOn(this.server, this.config.listen);
    this.workers = Array.from({ length: this.count }, () => new Worker(this));
    this.looking = setInterval(() => {
      for (const worker of this.workers) worker.look();
    }, LOOK_MS);
    const started = await Promise.all(this.workers.map((worker) => worker.started));
    if (!started.every(Boolean)) {
      await this.close({ graceMs: 0 });
      throw new Error('a worker ended before it could take clients: its reason is on the error output');
    }
    this.isRunning = true;
    return address;
  }

  close({ graceMs = 10_000 }: { graceMs?: number } = {}): Promise<void> {
    this.closed ??= this.shutDown(graceMs);
    return this.closed;
  }

  private async shutDown(graceMs: number): Promise<void> {
    this.isRunning = false;
    this.server.close();
    for (const timer of this.replacing) clearTimeout(timer);
    for (const socket of this.waiting.splice(0)) socket.destroy();
    // A stuck worker is noticed while the others end.
    await Promise.all(this.workers.map((worker) => worker.close(graceMs)));
    clearInterval(this.looking);
  }

  // ── clients ───────────────────────────────────────────────────────────────────────────────────────────────────

  private accept(socket: Socket): void {
    socket.on('error', () => {});
    if (this.waiting.length >= this.config.limits.maxConnections) {
      socket.destroy();
      return;
    }
    this.waiting.push(socket);
    this.handOver();
  }

  private cannotAccept({ code = 'unknown' }: NodeJS.ErrnoException): void {
    if (!this.server.listening) return;
    this.localErrors[code] = (this.localErrors[code] ?? 0) + 1;
    this.warnings.localError(code, 'a client could not be accepted');
  }

  /** Gives a client that its worker could not serve to the next worker. */
  private serveFirst(socket: Socket): void {
    if (this.isRunning) this.waiting.unshift(socket);
    else socket.destroy();
    this.handOver();
  }

  /** Hands clients to each worker in turn. A worker that still takes the last client is passed over. */
  private handOver(): void {
    while (this.waiting.length > 0) {
      const worker = this.nextFree();
      if (worker === undefined) return;
      worker.hand(this.waiting.shift() as Socket);
    }
  }

  private nextFree(): Worker | undefined {
    for (let i = 0; i < this.workers.length; i++) {
      this.cursor = (this.cursor + 1) % this.workers.length;
      const worker = this.workers[this.cursor];
      if (worker?.isFree) return worker;
    }
    return undefined;
  }

  // ── workers ───────────────────────────────────────────────────────────────────────────────────────────────────

  loaded(): Extract<ToWorker, { type: 'start' }> {
    const nowMs = performance.now();
    const commands = catchUp(this.config, this.model.upstreams(), (upstream, id) => {
      const atMs = this.drainedAtMs.get(placeOf(upstream, id));
      return atMs === undefined ? undefined : Math.max(0, atMs - nowMs);
    });
    const logs = this.deps.accessLog !== undefined;
    const tracing = this.deps.tracing ?? false;
    return { type: 'start', config: this.config, commands, logs, tracing, decisions: this.wantsDecisions };
  }

  free(): void {
    this.handOver();
  }

  told(worker: Worker, message: FromWorker): void {
    if (message.type === 'decision') this.events.emit('decision', message.decision);
    else if (message.type === 'warning') this.warn(message.warning);
    else if (message.type === 'log') for (const entry of message.entries) this.deps.accessLog?.(entry);
    else if (message.type === 'change') this.changed(worker, message.change);
  }

  /** Each worker finds out for itself, and only the first report is passed on. */
  private warn(warning: ProxyWarning): void {
    if (warning.code === 'forwarded_header_dropped' && this.toldOfDroppedHeader) return;
    this.toldOfDroppedHeader ||= warning.code === 'forwarded_header_dropped';
    this.events.emit('warning', warning);
  }

  /** Each worker finds out for itself. A destination is as bad as the worst report of any worker; a change of that is passed on. */
  private changed(worker: Worker, change: DestinationChange): void {
    const place = placeOf(change.upstream, change.destination);
    worker.states.set(place, change.state);
    const state = worstOf([change.state, ...this.workers.flatMap(({ states }) => states.get(place) ?? [])]);
    if (this.announced.get(place) === state) return;
    this.announced.set(place, state);
    this.events.emit('change', { ...change, state });
  }

  ended(worker: Worker, because: string, unserved: Socket | undefined): void {
    this.workers = this.workers.filter((other) => other !== worker);
    if (unserved !== undefined) this.serveFirst(unserved);
    if (worker.metrics !== undefined) {
      this.past = [mergeMetrics([...this.past, afterTheEnd(worker.metrics)], this.model.upstreams())];
    }
    if (!this.isRunning) return;
    const nowMs = performance.now();
    this.deathsMs = [...this.deathsMs.filter((atMs) => atMs > nowMs - RECENT_MS), nowMs];
    const replacedInMs = restartDelayMs(Math.ceil(this.deathsMs.length / this.count));
    const timer = setTimeout(() => {
      this.replacing.delete(timer);
      this.restarts++;
      this.workers = [...this.workers, new Worker(this)];
    }, replacedInMs);
    this.replacing.add(timer);
    this.events.emit('worker', { pid: worker.pid, because, replacedInMs });
  }

  private tellAll(message: ToWorker): void {
    for (const worker of this.workers) worker.tell(message);
  }

  // ── changes ───────────────────────────────────────────────────────────────────────────────────────────────────

  private change<R extends ChangeResult | ReloadResult>(command: Command): R {
    const result = runCommand(this.model, command);
    if (result.ok) this.tellAll({ type: 'command', command });
    return result as R;
  }

  private shareOf(config: ResolvedConfig): ResolvedConfig {
    const secrets = config.affinitySecrets.length > 0 ? config.affinitySecrets : [...this.madeSecrets];
    return shareConfig({ ...config, affinitySecrets: secrets }, this.count);
  }

  reload(config: ProxyConfig): ReloadResult {
    const parsed = parseConfig(config);
    if (!parsed.ok) return parsed;
    const share = this.shareOf(parsed.config);
    const result = this.change<ReloadResult>({ do: 'reload', config: share });
    if (result.ok) this.config = share;
    return result;
  }

  addDestination(upstream: string, destination: DestinationConfig): ChangeResult {
    return this.change({ do: 'add', upstream, destination });
  }

  removeDestination(upstream: string, id: string): ChangeResult {
    return this.change({ do: 'remove', upstream, id });
  }

  drain(upstream: string, id: string, { deadlineMs }: { deadlineMs?: number } = {}): ChangeResult {
    const place = placeOf(upstream, id);
    if (deadlineMs === undefined) this.drainedAtMs.delete(place);
    else this.drainedAtMs.set(place, performance.now() + deadlineMs);
    return this.change({ do: 'drain', upstream, id, ...(deadlineMs === undefined ? {} : { deadlineMs }) });
  }

  undrain(upstream: string, id: string): ChangeResult {
    return this.change({ do: 'undrain', upstream, id });
  }

  // ── what is told ──────────────────────────────────────────────────────────────────────────────────────────────

  upstreams(): UpstreamStatus[] {
    return [...this.metrics().upstreams];
  }

  metrics(): ProxyMetrics {
    const theirs = this.workers.flatMap(({ metrics }) => metrics ?? []);
    const merged = mergeMetrics([...this.past, ...theirs], this.model.upstreams());
    const localErrors = { ...merged.localErrors };
    for (const [code, count] of Object.entries(this.localErrors)) localErrors[code] = (localErrors[code] ?? 0) + count;
    return { ...merged, localErrors, workerRestarts: this.restarts, missingWorkers: this.missing };
  }

  private get missing(): number {
    return this.count - this.workers.filter((worker) => worker.isServing).length;
  }

  on<E extends keyof ProxyEvents>(event: E, listener: (...args: ProxyEvents[E]) => void): () => void {
    const untyped = listener as (...args: unknown[]) => void;
    const listen = (act: 'on' | 'off'): void => {
      const before = this.wantsDecisions;
      this.events[act](event as string, untyped);
      if (this.wantsDecisions !== before) this.tellAll({ type: 'decisions', wanted: this.wantsDecisions });
    };
    listen('on');
    return () => listen('off');
  }

  private get wantsDecisions(): boolean {
    return this.events.listenerCount('decision') > 0;
  }
}

function placeOf(upstream: string, destination: string): string {
  return `${upstream}/${destination}`;
}
