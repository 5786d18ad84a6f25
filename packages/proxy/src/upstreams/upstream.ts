import type { AffinityTokens } from '../affinity/affinity-cookie.js';
import { cookieAttributes } from '../affinity/cookie-attributes.js';
import { createPolicy, type PolicyFactory } from '../balancing/create-policy.js';
import type { Policy } from '../balancing/policy.js';
import type { DestinationConfig, UpstreamConfig } from '../config/proxy-config.js';
import type { Deadlines } from '../deadlines.js';
import { RetryBudget } from '../forwarding/retry-budget.js';
import { startProbe } from '../health/probe.js';
import { Prober, type ProbeVerdict } from '../health/prober.js';
import { selectCandidates } from '../health/select-candidates.js';
import type { DestinationChange, UpstreamStatus } from '../proxy-api.js';
import { Destination, type Tunnel } from './destination.js';
import type { Lookup } from './destination-address.js';
import { DurationHistogram } from './duration-histogram.js';
import { WaitingLine } from './waiting-line.js';

/** The dependencies of an upstream. */
export interface UpstreamDeps {
  readonly deadlines: Deadlines;
  readonly random: () => number;
  readonly policies: Readonly<Record<string, PolicyFactory>>;
  readonly tokens: AffinityTokens<Destination>;
  readonly lookup: Lookup;
  readonly changed: (change: DestinationChange) => void;
}

const DECAY_MS = 1000;
const TUNNEL_WINDOW_MS = 5000;
const CLIENT_WINDOW_MS = 60_000;
/** A destination is probed when a request waits and nothing has come back from it for this long. */
const SUSPICION_MS = 200;

/** A named pool of destinations with its policy, health and queue. */
export class Upstream {
  readonly destinations = new Map<string, Destination>();
  policy: Policy;
  /** The policy for second choices, which must not change whose turn it is in `policy`. */
  retryPolicy: Policy;
  readonly budget: RetryBudget;
  readonly line: WaitingLine;
  readonly durations = new DurationHistogram();
  /** Attributes of its affinity cookie, except its age. */
  readonly cookieAttributes: string;
  /** Number of destinations at their limit of requests in flight. While it is 0, `candidates` need not check each one. */
  private full = 0;
  private cached: readonly Destination[] | null = null;
  private recheckAtMs = Number.POSITIVE_INFINITY;
  private decayAtMs = 0;
  private turnAtMs = 0;
  private stopped = false;
  /** Tunnels to be closed, in order of time. */
  private closing: { readonly tunnel: Tunnel; readonly atMs: number }[] = [];

  constructor(
    readonly name: string,
    public config: UpstreamConfig,
    private readonly deps: UpstreamDeps,
  ) {
    this.policy = this.newPolicy();
    this.retryPolicy = this.newPolicy();
    this.cookieAttributes = config.affinity === undefined ? '' : cookieAttributes(config.affinity);
    this.budget = new RetryBudget(config.retryBudgetRatio);
    this.line = new WaitingLine(config.limits.maxQueued, config.limits.queueTimeoutMs, deps.deadlines);
    for (const destination of config.destinations) this.add(destination);
  }

  /** The destinations that may get a new client now and have room. The list is the same object until it changes. */
  candidates(): readonly Destination[] {
    this.cached ??= this.select();
    if (this.full === 0) return this.cached;
    return this.cached.filter((destination) => !this.isFull(destination));
  }

  /** Whether any destination is healthy, full or not. */
  get hasHealthy(): boolean {
    this.cached ??= this.select();
    return this.cached.length > 0;
  }

  /** Whether every client is bound by a key: that of a hash policy, or its address. */
  get bindsByKey(): boolean {
    return this.policy.needsKey || this.config.affinity?.by === 'address';
  }

  /** Whether it has reached its limit of requests in flight. Tunnels do not count: there may be many, and an idle one costs little. */
  isFull(destination: Destination): boolean {
    return destination.inFlight - destination.openTunnels.size >= this.config.limits.maxInFlightPerDestination;
  }

  enter(destination: Destination): void {
    const wasFull = this.isFull(destination);
    destination.inFlight++;
    if (!wasFull && this.isFull(destination)) this.full++;
  }

  leave(destination: Destination): void {
    const wasFull = this.isFull(destination);
    destination.inFlight--;
    this.madeRoom(destination, wasFull);
  }

  /** A request became a tunnel. */
  enterTunnel(destination: Destination, tunnel: Tunnel): void {
    const wasFull = this.isFull(destination);
    destination.openTunnels.add(tunnel);
    this.madeRoom(destination, wasFull);
  }

  leaveTunnel(destination: Destination, tunnel: Tunnel): void {
    destination.openTunnels.delete(tunnel);
    destination.inFlight--;
  }

  private madeRoom(destination: Destination, wasFull: boolean): void {
    if (wasFull && !destination.removed && !this.isFull(destination)) this.full--;
    if (this.line.length > 0) this.line.advance(destination);
  }

  add(config: DestinationConfig): Destination {
    const { deadlines, lookup } = this.deps;
    const destination = new Destination(config, this.config, deadlines, lookup, (one, change) =>
      this.addressChanged(one, change),
    );
    const { health } = this.config;
    if (health !== undefined) {
      const target = { connect: destination.address.connect, hostField: destination.hostField, path: health.path };
      destination.prober = new Prober(
        health,
        (done) => startProbe(target, done),
        deadlines,
        (verdict, because) => this.judged(destination, verdict, because),
      );
    }
    this.destinations.set(destination.id, destination);
    if (this.config.affinity?.by === 'cookie') {
      destination.token = this.deps.tokens.register(
        this.name,
        destination.id,
        destination,
        this.config.affinity.maxAgeSeconds !== undefined,
      );
    }
    this.invalidate();
    return destination;
  }

  remove(destination: Destination): void {
    if (this.isFull(destination)) this.full--;
    destination.removed = true;
    destination.prober?.stop();
    this.destinations.delete(destination.id);
    if (destination.token !== '') this.deps.tokens.forget(this.name, destination.id);
    destination.pool.close();
    this.closeTunnels(destination);
    this.invalidate();
  }

  /** Asks every client with a tunnel to come back elsewhere, spread over a window so that they do not all come at once. */
  closeTunnels(destination: Destination, windowMs = TUNNEL_WINDOW_MS): void {
    const tunnels = [...destination.openTunnels];
    const { nowMs } = this.deps.deadlines;
    const added = tunnels.map((tunnel, index) => ({ tunnel, atMs: nowMs + (windowMs * index) / tunnels.length }));
    this.closing = [...this.closing, ...added].sort((a, b) => a.atMs - b.atMs);
  }

  closeAllTunnels(windowMs: number): void {
    for (const destination of this.destinations.values()) this.closeTunnels(destination, windowMs);
  }

  /**
   * Applies a new config if only its destinations and its policy differ. Destinations that stay keep connections, health and drain.
   * Destinations added at run time stay while the file's list is unchanged. Returns false when the upstream must be created again.
   */
  adopt(config: UpstreamConfig): boolean {
    const settings = ({ destinations: _, policy: __, ...rest }: UpstreamConfig): string => JSON.stringify(rest);
    if (settings(config) !== settings(this.config)) return false;
    const before = this.config;
    this.config = config;
    if (config.policy !== before.policy) this.changePolicy();
    if (JSON.stringify(config.destinations) === JSON.stringify(before.destinations)) return true;
    for (const destination of [...this.destinations.values()]) {
      const same = config.destinations.find(({ id }) => id === destination.id);
      if (same?.url !== destination.url || same.weight !== destination.configuredWeight) this.remove(destination);
    }
    for (const wanted of config.destinations) if (!this.destinations.has(wanted.id)) this.add(wanted);
    return true;
  }

  private changePolicy(): void {
    this.policy = this.newPolicy();
    this.retryPolicy = this.newPolicy();
    for (const destination of this.destinations.values()) destination.forgetExplanations();
    this.invalidate();
  }

  private newPolicy(): Policy {
    const { policy, boundedLoad } = this.config;
    return createPolicy(policy, { random: this.deps.random, boundedLoad }, this.deps.policies);
  }

  setDraining(destination: Destination, draining: boolean, deadlineMs = Number.POSITIVE_INFINITY): void {
    destination.draining = draining;
    destination.drainedTunnels = false;
    destination.drainDeadlineMs = draining ? deadlineMs : Number.POSITIVE_INFINITY;
    this.invalidate();
    // Without affinity a client loses nothing by moving now. With affinity it would reconnect to the same destination until the deadline.
    if (draining && this.config.affinity === undefined) this.closeTunnels(destination);
    this.announce(destination, draining ? 'drain was asked for' : 'drain was called off');
  }

  succeeded(destination: Destination): void {
    if (destination.ejection.consecutiveFailures > 0) destination.ejection.success(this.deps.deadlines.nowMs);
  }

  /**
   * Records a failure of the destination. `unreachable` always counts; `silent` and `failing` (wrong answers) lead to an ejection only
   * while the other destinations do better.
   */
  failed(destination: Destination, how: 'unreachable' | 'silent' | 'failing', because: string): void {
    destination.failures++;
    const { nowMs } = this.deps.deadlines;
    if (how === 'unreachable') destination.prober?.ask();
    if (!destination.ejection.failure(nowMs) || !(how === 'unreachable' || this.failsAlone(destination))) return;
    destination.ejection.eject(nowMs);
    destination.ejections++;
    destination.answersWhileEjected = how === 'failing';
    this.recheckAtMs = Math.min(this.recheckAtMs, destination.ejection.ejectedUntilMs);
    this.invalidate();
    this.announce(destination, because);
  }

  /** Probes a destination at once, because a connection to it ended. The client may have provoked that. */
  suspect(destination: Destination): void {
    destination.prober?.ask();
  }

  tick(nowMs: number): void {
    this.line.tick();
    if (nowMs >= this.recheckAtMs) this.recheck(nowMs);
    while ((this.closing[0]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs) this.closing.shift()?.tunnel.restart();
    for (const destination of this.destinations.values()) {
      if (destination.drainDeadlineMs <= nowMs && !destination.drainedTunnels) {
        destination.drainedTunnels = true;
        this.closeTunnels(destination);
      }
    }
    if (nowMs >= this.decayAtMs) {
      this.decayAtMs = nowMs + DECAY_MS;
      this.budget.decay();
      for (const { pool } of this.destinations.values()) pool.tick(nowMs);
    }
    if (nowMs >= this.turnAtMs) {
      this.turnAtMs = nowMs + CLIENT_WINDOW_MS;
      for (const { clients } of this.destinations.values()) clients.turn();
    }
    if (this.stopped) return;
    for (const destination of this.destinations.values()) {
      destination.address.tick(nowMs);
      const { prober, pool } = destination;
      if (prober === null || !destination.address.isKnown) continue;
      // A waiting request is the first sign of a frozen destination.
      prober.tick(nowMs, pool.isSilent(SUSPICION_MS));
      if (prober.slow || !prober.up) pool.tellWaiting();
    }
  }

  status(): UpstreamStatus {
    const { affinity, policy, hint } = this.config;
    return {
      name: this.name,
      policy,
      affinity: affinity === undefined ? null : affinity.by === 'cookie' ? (affinity.cookie ?? null) : 'address',
      hint: hint ?? null,
      queued: this.line.length,
      destinations: [...this.destinations.values()].map((destination) => destination.status()),
    };
  }

  stop(): void {
    this.stopped = true;
    for (const { id, pool, token, prober } of this.destinations.values()) {
      if (token !== '') this.deps.tokens.forget(this.name, id);
      prober?.stop();
      pool.close();
    }
  }

  private select(): readonly Destination[] {
    return selectCandidates([...this.destinations.values()], this.config.panicRatio, this.policy.needsKey);
  }

  private invalidate(): void {
    this.cached = null;
    if (this.line.length > 0) this.line.advance();
  }

  /** Updates weights and ejections, which change with time alone. */
  private recheck(nowMs: number): void {
    this.recheckAtMs = Number.POSITIVE_INFINITY;
    for (const destination of this.destinations.values()) {
      const { ejectedUntilMs } = destination.ejection;
      if (ejectedUntilMs > nowMs) this.recheckAtMs = Math.min(this.recheckAtMs, ejectedUntilMs);
      else if (ejectedUntilMs > 0 && ejectedUntilMs > destination.upSinceMs && destination.isUp) {
        this.cameBack(destination, nowMs, 'its ejection ended');
      }
      destination.adjustWeight(nowMs, this.config.slowStartMs);
      if (destination.weight < destination.configuredWeight) this.recheckAtMs = Math.min(this.recheckAtMs, nowMs + 200);
    }
    this.invalidate();
  }

  private cameBack(destination: Destination, nowMs: number, because: string): void {
    destination.upSinceMs = nowMs;
    destination.adjustWeight(nowMs, this.config.slowStartMs);
    if (this.config.slowStartMs > 0) this.recheckAtMs = Math.min(this.recheckAtMs, nowMs + 200);
    this.invalidate();
    this.announce(destination, because);
  }

  /**
   * Whether at least half of the other destinations are fine. When they fail as well, the cause is likely something they share,
   * such as a database, and an ejection would only make it worse.
   */
  private failsAlone(destination: Destination): boolean {
    const others = [...this.destinations.values()].filter((other) => other !== destination);
    const fine = others.filter((other) => other.healthy && !other.draining && other.ejection.consecutiveFailures === 0);
    return fine.length * 2 >= this.destinations.size - 1 && fine.length > 0;
  }

  private judged(destination: Destination, verdict: ProbeVerdict, because: string): void {
    const { nowMs } = this.deps.deadlines;
    if (verdict === 'up') {
      this.cameBack(destination, nowMs, because);
      return;
    }
    this.invalidate();
    if (verdict === 'slow' || verdict === 'down') destination.pool.tellWaiting();
    this.announce(destination, because);
  }

  private addressChanged(destination: Destination, change: 'moved' | 'lost' | 'found'): void {
    if (destination.removed || this.stopped) return;
    if (change === 'moved') {
      destination.pool.retire();
      destination.prober?.ask();
      return;
    }
    this.invalidate();
    this.announce(destination, change === 'lost' ? 'its name cannot be looked up' : 'its name was looked up');
  }

  private announce(destination: Destination, because: string): void {
    this.deps.changed({ upstream: this.name, destination: destination.id, state: destination.state, because });
  }
}
