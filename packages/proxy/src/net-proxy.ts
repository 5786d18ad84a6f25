import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { AffinityTokens } from './affinity/affinity-cookie.js';
import { type ConfigMistake, parseConfig } from './config/parse-config.js';
import {
  type DestinationConfig,
  destinationSchema,
  type ProxyConfig,
  type ResolvedConfig,
} from './config/proxy-config.js';
import { Deadlines } from './deadlines.js';
import { TrustedProxies } from './forwarding/client-address.js';
import { Listener } from './listener/listener.js';
import { bindSplit } from './pipeline/choose-upstream.js';
import { type BoundRoute, Counters, type Generation, type ProxyState } from './pipeline/proxy-state.js';
import { Warnings } from './pipeline/warnings.js';
import type {
  ChangeResult,
  ProxyDeps,
  ProxyEvents,
  ProxyMetrics,
  ReloadResult,
  ReverseProxy,
  UpstreamStatus,
} from './proxy-api.js';
import { RouteTable } from './routing/route-table.js';
import type { Destination } from './upstreams/destination.js';
import { type Lookup, systemLookup } from './upstreams/destination-address.js';
import { Upstream } from './upstreams/upstream.js';

const DEFAULT_GRACE_MS = 10_000;
const MAX_TUNNEL_WINDOW_MS = 5000;

/** A proxy in this process. */
export class NetProxy implements ReverseProxy {
  private readonly events = new EventEmitter();
  private readonly deadlines: Deadlines;
  private readonly state: ProxyState;
  private readonly listener: Listener;
  private readonly random: () => number;
  private readonly policies: NonNullable<ProxyDeps['policies']>;
  private readonly lookup: Lookup;
  private closed: Promise<void> | undefined;

  constructor(config: ResolvedConfig, deps: ProxyDeps) {
    const now = deps.now ?? (() => performance.now());
    this.random = deps.random ?? Math.random;
    this.policies = deps.policies ?? {};
    this.lookup = deps.lookup ?? systemLookup;
    this.deadlines = new Deadlines(now);
    const secrets = config.affinitySecrets.length > 0 ? config.affinitySecrets : [randomBytes(32).toString('hex')];
    const tokens = new AffinityTokens<Destination>(secrets);
    const splitTokens = new AffinityTokens<Upstream>(secrets);
    let emitted = 0;
    let secondStartedMs = 0;
    const mayEmit = (): boolean => {
      const { nowMs } = this.deadlines;
      if (nowMs - secondStartedMs >= 1000) {
        secondStartedMs = nowMs;
        emitted = 0;
      }
      return emitted++ < this.state.generation.config.decisionsPerSecond;
    };
    this.state = {
      generation: this.generation(config, { tokens, splitTokens }, undefined),
      closing: false,
      deadlines: this.deadlines,
      ...{ tokens, splitTokens },
      now,
      counters: new Counters(),
      decided: null,
      accessLog: deps.accessLog ?? null,
      tracing: deps.tracing ?? false,
      warnings: new Warnings(now, (warning) => this.events.emit('warning', warning)),
      mayEmit,
    };
    this.listener = new Listener(this.state, this.deadlines);
    this.deadlines.onTick((nowMs) => {
      for (const upstream of this.state.generation.upstreams.values()) upstream.tick(nowMs);
    });
  }

  async listen(): Promise<{ port: number; host: string }> {
    const { port, host } = this.state.generation.config.listen;
    const address = await this.listener.listen(port, host);
    this.start();
    return address;
  }

  /** Starts the clock and the probes, without a port of its own. */
  start(): void {
    this.deadlines.start();
    this.deadlines.tick();
  }

  /** Serves a client that another process accepted; it is read from now on. */
  take(socket: Socket): void {
    this.listener.take(socket);
  }

  close({ graceMs = DEFAULT_GRACE_MS }: { graceMs?: number } = {}): Promise<void> {
    this.closed ??= this.shutDown(graceMs);
    return this.closed;
  }

  private async shutDown(graceMs: number): Promise<void> {
    this.state.closing = true;
    const windowMs = Math.min(MAX_TUNNEL_WINDOW_MS, graceMs / 2);
    for (const upstream of this.state.generation.upstreams.values()) upstream.closeAllTunnels(windowMs);
    await this.listener.close(graceMs);
    this.deadlines.stop();
    for (const upstream of this.state.generation.upstreams.values()) upstream.stop();
  }

  reload(config: ProxyConfig): ReloadResult {
    const parsed = parseConfig(config, Object.keys(this.policies));
    if (!parsed.ok) return parsed;
    const fixed = mistakesInFixedParts(this.state.generation.config, parsed.config);
    if (fixed.length > 0) return { ok: false, mistakes: fixed };
    this.state.generation = this.generation(parsed.config, this.state, this.state.generation);
    this.listener.reconfigure();
    return { ok: true };
  }

  upstreams(): UpstreamStatus[] {
    return [...this.state.generation.upstreams.values()].map((upstream) => upstream.status());
  }

  addDestination(name: string, config: DestinationConfig): ChangeResult {
    const upstream = this.state.generation.upstreams.get(name);
    if (upstream === undefined) return unknownUpstream(name);
    const parsed = destinationSchema.safeParse(config);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return { ok: false, code: 'invalid_destination', detail: `${issue?.path.join('.')} ${issue?.message}` };
    }
    if (upstream.destinations.has(parsed.data.id)) {
      return {
        ok: false,
        code: 'duplicate_destination',
        detail: `${name} has a destination ${parsed.data.id} already`,
      };
    }
    upstream.add(parsed.data);
    return { ok: true };
  }

  removeDestination(name: string, id: string): ChangeResult {
    return this.change(name, id, (upstream, destination) => upstream.remove(destination));
  }

  drain(name: string, id: string, { deadlineMs }: { deadlineMs?: number } = {}): ChangeResult {
    const until = deadlineMs === undefined ? Number.POSITIVE_INFINITY : this.deadlines.nowMs + deadlineMs;
    return this.change(name, id, (upstream, destination) => upstream.setDraining(destination, true, until));
  }

  undrain(name: string, id: string): ChangeResult {
    return this.change(name, id, (upstream, destination) => upstream.setDraining(destination, false));
  }

  metrics(): ProxyMetrics {
    const durations: Record<string, ProxyMetrics['durations'][string]> = {};
    for (const upstream of this.state.generation.upstreams.values())
      durations[upstream.name] = upstream.durations.snapshot();
    const { counters } = this.state;
    const { requests, openConnections } = counters;
    return {
      ...counters,
      problems: { ...counters.problems },
      localErrors: { ...counters.localErrors },
      workers: [{ pid: process.pid, requests, openConnections }],
      workerRestarts: 0,
      missingWorkers: 0,
      upstreams: this.upstreams(),
      durations,
    };
  }

  on<E extends keyof ProxyEvents>(event: E, listener: (...args: ProxyEvents[E]) => void): () => void {
    const untyped = listener as (...args: unknown[]) => void;
    this.events.on(event as string, untyped);
    this.updateListening();
    return () => {
      this.events.off(event as string, untyped);
      this.updateListening();
    };
  }

  private updateListening(): void {
    const listens = this.events.listenerCount('decision') > 0;
    this.state.decided = listens ? (decision) => this.events.emit('decision', decision) : null;
  }

  private change(name: string, id: string, act: (upstream: Upstream, destination: Destination) => void): ChangeResult {
    const upstream = this.state.generation.upstreams.get(name);
    if (upstream === undefined) return unknownUpstream(name);
    const destination = upstream.destinations.get(id);
    if (destination === undefined) {
      return { ok: false, code: 'unknown_destination', detail: `${name} has no destination ${id}` };
    }
    act(upstream, destination);
    return { ok: true };
  }

  /** Builds routes and upstreams from a config. An upstream whose settings stay keeps its health, load, drains and connections. */
  private generation(
    config: ResolvedConfig,
    { tokens, splitTokens }: Pick<ProxyState, 'tokens' | 'splitTokens'>,
    before: Generation | undefined,
  ): Generation {
    const upstreams = new Map<string, Upstream>();
    for (const [name, upstreamConfig] of Object.entries(config.upstreams)) {
      const kept = before?.upstreams.get(name);
      if (kept?.adopt(upstreamConfig)) {
        upstreams.set(name, kept);
        continue;
      }
      kept?.stop();
      upstreams.set(
        name,
        new Upstream(name, upstreamConfig, {
          deadlines: this.deadlines,
          random: this.random,
          policies: this.policies,
          tokens,
          lookup: this.lookup,
          changed: (change) => this.events.emit('change', change),
        }),
      );
    }
    for (const [name, upstream] of before?.upstreams ?? []) if (!upstreams.has(name)) upstream.stop();
    const routes = new RouteTable<BoundRoute>(
      config.routes.flatMap(({ upstream, ...route }) => {
        const target = upstreams.get(upstream);
        if (target === undefined) return [];
        return [{ ...route, upstream: target, split: bindSplit({ ...route, upstream }, upstreams, splitTokens) }];
      }),
    );
    return { config, routes, upstreams, trusted: new TrustedProxies(config.trustedProxies) };
  }
}

/** The mistakes in parts that a reload cannot change: the port, the cookie secrets, the number of workers. */
function mistakesInFixedParts(before: ResolvedConfig, after: ResolvedConfig): ConfigMistake[] {
  return (['listen', 'affinitySecrets', 'workers'] as const)
    .filter((part) => JSON.stringify(before[part]) !== JSON.stringify(after[part]))
    .map((part) => ({ path: part, problem: 'cannot change while running; restart', example: 'what it was before' }));
}

function unknownUpstream(name: string): ChangeResult {
  return { ok: false, code: 'unknown_upstream', detail: `there is no upstream ${name}` };
}
