import { ClientWindow } from '../affinity/client-window.js';
import type { Candidate } from '../balancing/policy.js';
import type { DestinationConfig, UpstreamConfig } from '../config/proxy-config.js';
import type { Deadlines } from '../deadlines.js';
import { ConnectionPool } from '../forwarding/connection-pool.js';
import { hash32 } from '../hash.js';
import { Ejection } from '../health/ejection.js';
import type { Prober } from '../health/prober.js';
import { slowStartShare } from '../health/slow-start.js';
import type { DestinationState, DestinationStatus, RouteReason } from '../proxy-api.js';
import { DestinationAddress, type Lookup } from './destination-address.js';

/** A destination and the reason why it was chosen. */
export interface Chosen {
  readonly destination: Destination;
  readonly reason: RouteReason;
}

/** An open tunnel whose client can be asked to reconnect elsewhere. */
export interface Tunnel {
  /** Closes it with 1012 as soon as the frame under way is through. */
  restart(): void;
}

/** One replica: its health, its load, its connections. */
export class Destination implements Candidate {
  readonly id: string;
  readonly url: string;
  /** `Host` of a request made to it: name or bracketed address, with the port unless that is 80. */
  readonly hostField: string;
  readonly configuredWeight: number;
  readonly hash: number;
  /** Affinity token to hand out; empty without affinity cookie. */
  token = '';
  weight: number;
  inFlight = 0;
  readonly openTunnels = new Set<Tunnel>();
  draining = false;
  /** Bound clients stay on a draining destination until this time. */
  drainDeadlineMs = Number.POSITIVE_INFINITY;
  /** Its tunnels were asked to move because the deadline passed. */
  drainedTunnels = false;
  removed = false;
  /** Whether its last ejection was for wrong answers. Such a destination can be reached, and its bound clients stay. */
  answersWhileEjected = false;
  upSinceMs = Number.NEGATIVE_INFINITY;
  requests = 0;
  failures = 0;
  retries = 0;
  ejections = 0;
  readonly responses = [0, 0, 0, 0, 0, 0];
  /** Null without health checks. */
  prober: Prober | null = null;
  readonly address: DestinationAddress;
  readonly ejection: Ejection;
  readonly pool: ConnectionPool;
  readonly clients = new ClientWindow();
  /** The usual choices of this destination are made once, so that choosing allocates nothing. */
  readonly asPicked: Chosen = { destination: this, reason: 'picked' };
  readonly asBound: Chosen = { destination: this, reason: 'affinity' };
  readonly asDraining: Chosen = { destination: this, reason: 'draining' };
  private readonly explanations = new Map<RouteReason, string[]>();

  constructor(
    config: DestinationConfig,
    upstream: UpstreamConfig,
    private readonly deadlines: Deadlines,
    lookup: Lookup,
    addressChanged: (destination: Destination, change: 'moved' | 'lost' | 'found') => void,
  ) {
    const url = new URL(config.url);
    this.id = config.id;
    this.url = config.url;
    this.hostField = url.host;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    this.address = new DestinationAddress(host, Number(url.port || 80), deadlines, lookup, (change) =>
      addressChanged(this, change),
    );
    this.configuredWeight = config.weight ?? 1;
    this.weight = this.configuredWeight;
    this.hash = hash32(config.id);
    this.ejection = new Ejection(upstream.ejection);
    this.pool = new ConnectionPool(this.address, upstream.timeouts, deadlines);
  }

  /** Whether probes and lookups say that it is up. */
  get isUp(): boolean {
    return (this.prober === null || this.prober.up) && !this.address.isLost;
  }

  /** Whether a probe is late. Bound clients stay; new clients go elsewhere unless all destinations are slow. */
  get slow(): boolean {
    return this.prober?.slow === true;
  }

  private get isEjected(): boolean {
    return this.ejection.isEjected(this.deadlines.nowMs);
  }

  /** Whether new clients may go here. */
  get healthy(): boolean {
    return this.isUp && !this.isEjected;
  }

  /**
   * Whether bound clients may stay, apart from drain and removal. An ejection moves them only without health checks, and only if
   * the destination did not answer: one client can provoke wrong answers, and must not move the others.
   */
  get keepsBound(): boolean {
    return this.isUp && (this.prober !== null || this.answersWhileEjected || !this.isEjected);
  }

  /** Whether a client bound here may stay. */
  get acceptsBound(): boolean {
    return this.keepsBound && !this.removed && this.deadlines.nowMs < this.drainDeadlineMs;
  }

  get state(): DestinationState {
    if (this.draining) return 'draining';
    if (!this.isUp) return 'down';
    if (this.isEjected) return 'ejected';
    if (this.slow) return 'slow';
    return this.weight < this.configuredWeight ? 'starting' : 'up';
  }

  /** Sets the weight slow start allows now; returns whether it changed. */
  adjustWeight(nowMs: number, slowStartMs: number): boolean {
    const weight = this.configuredWeight * slowStartShare(nowMs - this.upSinceMs, slowStartMs);
    const changed = weight !== this.weight;
    this.weight = weight;
    return changed;
  }

  /** The lines that `explain` made name a policy that is another one from now on. */
  forgetExplanations(): void {
    this.explanations.clear();
  }

  /** The lines `x-served-by` and `x-route`, made once per reason and number of attempts. */
  explain(policy: string, reason: RouteReason, attempts: number): string {
    let lines = this.explanations.get(reason);
    if (lines === undefined) {
      lines = [];
      this.explanations.set(reason, lines);
    }
    let text = lines[attempts];
    if (text === undefined) {
      text = `x-served-by: ${this.id}\r\nx-route: policy=${policy};reason=${reason};attempts=${attempts}\r\n`;
      lines[attempts] = text;
    }
    return text;
  }

  status(): DestinationStatus {
    const [, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0] = this.responses;
    return {
      id: this.id,
      url: this.url,
      weight: this.configuredWeight,
      state: this.state,
      inFlight: this.inFlight,
      tunnels: this.openTunnels.size,
      boundClients: this.clients.count,
      counters: {
        requests: this.requests,
        failures: this.failures,
        retries: this.retries,
        ejections: this.ejections,
        responses: { '1xx': s1, '2xx': s2, '3xx': s3, '4xx': s4, '5xx': s5 },
      },
    };
  }
}
