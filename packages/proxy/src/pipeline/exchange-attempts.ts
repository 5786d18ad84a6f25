import type { ForwardFailure } from '../forwarding/forward-failure.js';
import { retryRule } from '../forwarding/retry-rule.js';
import type { UpstreamConnection } from '../forwarding/upstream-connection.js';
import type { ResponseHead } from '../http1/response-head.js';
import type { RouteReason } from '../proxy-api.js';
import type { Destination } from '../upstreams/destination.js';
import type { Upstream } from '../upstreams/upstream.js';
import { blame } from './blame.js';
import { chooseOther, NO_WISH } from './choice.js';
import type { Client } from './client.js';
import { ExchangeRecord } from './exchange-record.js';
import type { ProxyState } from './proxy-state.js';
import type { RelayedTunnel } from './relayed-tunnel.js';
import { RequestReplay } from './request-replay.js';
import { DiscardedAnswer, FirstTry, type RacingExchange } from './second-try.js';

/** A client that is bound to a destination waits for it this many times while connecting takes too long. */
const MAX_ATTEMPTS = 8;

/**
 * The attempts of an exchange. It sends its request, sends it again after a failure, and sends it elsewhere as well while the first
 * destination is late. The exchange decides what an answer or the last failure means for the client.
 */
export abstract class ExchangeAttempts extends ExchangeRecord implements RacingExchange {
  upgradeAsked = false;
  decodeChunked = false;
  protected wish = NO_WISH;
  protected headText = '';
  protected connection: UpstreamConnection | null = null;
  /** Set while the request is under way at two destinations. */
  protected first: FirstTry | null = null;
  protected requestComplete = false;
  protected readonly replay = new RequestReplay();
  protected retries = 0;
  /** Number of times the request was sent to the same destination again. */
  protected replays = 0;
  /** The last retry of this connection was in vain. Its next request is not retried on a lost connection: the budget is left to others. */
  protected retriedInVain = false;
  protected answerStarted = false;
  protected tunnel: RelayedTunnel | null = null;

  constructor(
    protected readonly client: Client,
    protected readonly state: ProxyState,
  ) {
    super();
  }

  abstract connected(): void;
  abstract interim(head: ResponseHead): void;
  abstract answerHead(head: ResponseHead): void;
  abstract range(bytes: Buffer, from: number, to: number): void;
  abstract flush(): boolean;
  abstract answerEnd(): void;
  abstract upgraded(head: ResponseHead): void;
  abstract tunnelled(bytes: Buffer, from: number, to: number): void;
  abstract tunnelEnd(): void;
  abstract failed(failure: ForwardFailure): void;
  abstract upstreamDrained(): void;

  get answerHasNoBody(): boolean {
    return this.method.answerHasNoBody;
  }

  protected sendTo(destination: Destination, reason: RouteReason, fresh: boolean): void {
    const upstream = this.upstream as Upstream;
    this.destination = destination;
    this.reason = reason;
    this.attempts++;
    destination.requests++;
    upstream.enter(destination);
    if (this.state.accessLog !== null) this.chosenMs = this.state.now();
    const { pool } = destination;
    const connection = fresh || this.upgradeAsked ? pool.fresh() : pool.acquire(!this.method.idempotent);
    this.connection = connection;
    connection.begin(this.headText, this);
    this.replay.sendTo(connection);
    if (this.requestComplete) connection.endRequest();
  }

  /** All bytes that the client sent in one read have been handed over. */
  flushRequest(): void {
    this.connection?.flushRequest();
  }

  private sendAgain(destination: Destination, reason: RouteReason): void {
    this.sendTo(destination, reason, true);
    this.flushRequest();
    this.client.resumeBody();
  }

  /** The destination has room again. */
  protected giveBack(): void {
    const { destination, upstream } = this;
    if (destination === null || upstream === null) return;
    if (this.tunnel !== null) upstream.leaveTunnel(destination, this.tunnel);
    else upstream.leave(destination);
  }

  // ── after a failure ───────────────────────────────────────────────────────────────────────────────────────────

  /** Sends the request again if that may help and does no harm. False when there is nothing left to try. */
  protected tryAgainAfter(failure: ForwardFailure, upstream: Upstream, destination: Destination): boolean {
    if (this.staysWith(destination, failure)) {
      this.sendAgain(destination, this.reason);
      return true;
    }
    const decision = retryRule({
      failure,
      idempotent: this.method.idempotent,
      replayable: this.replay.isWhole,
      upgrade: this.upgradeAsked,
      retries: this.retries,
      replayedStale: this.replays > 0,
      bound: this.isBound && destination.acceptsBound,
      replays: this.replays,
    });
    if (decision === 'same-destination' && destination.acceptsBound) {
      this.replays++;
      this.sendAgain(destination, this.reason);
      return true;
    }
    const inVain = this.retriedInVain && failure.kind === 'lost';
    if (decision !== 'give-up' && !this.refusesOthers && !inVain) {
      const other = chooseOther(upstream, destination, this.wish);
      if (other !== undefined && upstream.budget.tryRetry()) {
        this.countRetry(destination);
        this.sendAgain(other, 'retried');
        return true;
      }
    }
    if (this.retries > 0 && failure.kind === 'lost') this.retriedInVain = true;
    return false;
  }

  /** Counts a failure against the destination if the destination is to blame. */
  protected account(failure: ForwardFailure, destination: Destination, beganMs: number): void {
    if (failure.kind === 'local') this.countLocalError(failure.code ?? 'unknown', destination);
    const stale = failure.reused && failure.kind === 'lost' && failure.phase === 'answer-head';
    if (stale) return;
    const upstream = this.upstream as Upstream;
    const heardSince = destination.pool.lastHeardMs > beganMs;
    const verdict = blame({
      failure,
      upgrade: this.upgradeAsked,
      requestComplete: this.requestComplete,
      knownAlive: heardSince || destination.prober !== null,
    });
    if (verdict === 'unclear') upstream.suspect(destination);
    else if (verdict === 'unreachable' && !destination.address.isKnown) return;
    else if (verdict !== 'none') upstream.failed(destination, verdict, `${failure.kind} at ${failure.phase}`);
  }

  private countLocalError(code: string, { id }: Destination): void {
    const { counters, warnings } = this.state;
    counters.localErrors[code] = (counters.localErrors[code] ?? 0) + 1;
    warnings.localError(code, `no connection to ${this.upstream?.name}/${id} could be opened`);
  }

  private countRetry(destination: Destination): void {
    this.retries++;
    this.state.counters.retries++;
    destination.retries++;
  }

  /** The client is bound to the destination of its request: by its cookie, or by a key. */
  private get isBound(): boolean {
    return this.reason === 'affinity' || this.reason === 'draining' || this.upstream?.bindsByKey === true;
  }

  /** The client gets 503 rather than another destination. */
  protected get refusesOthers(): boolean {
    return this.upstream?.config.affinity?.onFailure === 'refuse' && this.reason !== 'picked';
  }

  /** A bound client stays unless its destination is known to be down. A slow connect or a lack of resources here does not move it. */
  private staysWith(destination: Destination, { phase, kind }: ForwardFailure): boolean {
    return (
      phase === 'connect' &&
      (kind === 'timeout' || kind === 'local') &&
      this.isBound &&
      destination.prober !== null &&
      destination.acceptsBound &&
      this.replay.isWhole &&
      this.attempts < (kind === 'local' ? 2 : MAX_ATTEMPTS)
    );
  }

  // ── a second try while the first is waited for ────────────────────────────────────────────────────────────────

  destinationIsLate(): void {
    const { connection, destination, upstream } = this;
    if (connection === null || destination === null || upstream === null || !this.mayTryElsewhere(destination)) return;
    const other = chooseOther(upstream, destination, this.wish);
    if (other === undefined || other.slow || !other.isUp) return;
    if (destination.isUp && !upstream.budget.tryRetry()) return;
    this.countRetry(destination);
    this.first = new FirstTry(this, connection, destination, this.reason);
    this.sendAgain(other, 'retried');
  }

  /**
   * A slow destination keeps its bound clients; one that is down does not. There is at most one second try, and only of a request that
   * may be done twice. While the first try may still be carried out, it must also change nothing: a late PUT would undo a later one.
   */
  private mayTryElsewhere(destination: Destination): boolean {
    if (this.first !== null || this.retries > 0 || this.answerStarted || !this.requestComplete) return false;
    if (!(destination.isUp ? this.method.safe : this.method.idempotent) || !this.replay.isWhole) return false;
    return destination.isUp ? !this.isBound && !this.upgradeAsked : !this.refusesOthers;
  }

  firstTryWins(first: FirstTry): void {
    const { connection, destination } = this;
    if (connection !== null && destination !== null) this.discard(connection, destination);
    this.returnToFirst(first);
  }

  firstTryFailed(first: FirstTry, failure: ForwardFailure): void {
    this.first = null;
    this.upstream?.leave(first.destination);
    this.account(failure, first.destination, first.connection.beganMs);
  }

  protected returnToFirst(first: FirstTry): void {
    first.lead();
    this.first = null;
    this.connection = first.connection;
    this.destination = first.destination;
    this.reason = first.reason;
  }

  /** The second try has an answer, so the answer of the first is not needed. */
  protected discardFirst(): void {
    const { first } = this;
    if (first === null) return;
    this.first = null;
    this.discard(first.connection, first.destination);
  }

  private discard(connection: UpstreamConnection, destination: Destination): void {
    const upstream = this.upstream as Upstream;
    const done = (): void => upstream.leave(destination);
    connection.handOver(new DiscardedAnswer(connection, this.answerHasNoBody, done));
  }
}
