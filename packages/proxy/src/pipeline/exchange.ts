import type { ForwardFailure } from '../forwarding/forward-failure.js';
import { retryRule } from '../forwarding/retry-rule.js';
import type { AnswerSink, UpstreamConnection } from '../forwarding/upstream-connection.js';
import { serviceRestartFrame, WebSocketFrames } from '../forwarding/websocket-frames.js';
import { writeRequestHead } from '../forwarding/write-request-head.js';
import { writeResponseHead } from '../forwarding/write-response-head.js';
import { X_FORWARDED_FOR, X_REQUEST_ID } from '../http1/header-name.js';
import { type Method, methods } from '../http1/method.js';
import type { RequestHead } from '../http1/request-head.js';
import type { ResponseHead } from '../http1/response-head.js';
import { type ProblemCode, problems, renderProblem } from '../problem.js';
import type { RouteReason } from '../proxy-api.js';
import type { Destination, Tunnel } from '../upstreams/destination.js';
import type { Upstream } from '../upstreams/upstream.js';
import type { Waiting } from '../upstreams/waiting-line.js';
import { choose, chooseOther, readWish, type Wish } from './choice.js';
import type { Client } from './client.js';
import type { BoundRoute, ProxyState } from './proxy-state.js';
import { report } from './report.js';
import { requestIdFrom } from './request-ids.js';

const mergeBytes = 8192;
const replayLimitBytes = 65_536;
const noWish: Wish = { cookie: undefined, key: 0 };
const get = methods.get('GET') as Method;

/**
 * One request on its way: routing → health → affinity → balancing → forwarding → retry rule → answer. A client
 * connection has one exchange and reuses it, since it has one request at a time.
 */
export class Exchange implements AnswerSink, Waiting, Tunnel {
  method = get;
  host = '';
  path = '';
  requestId = '';
  clientAddress = '';
  upstream: Upstream | null = null;
  destination: Destination | null = null;
  reason: RouteReason = 'picked';
  attempts = 0;
  status = 0;
  problem: ProblemCode | null = null;
  sentBytes = 0;
  startedMs = 0;
  chosenMs = 0;
  connectedMs = 0;
  firstByteMs = 0;
  upgradeAsked = false;
  decodeChunked = false;
  private isHttp10 = false;
  private keepAlive = true;
  private active = false;
  private route: BoundRoute | null = null;
  private wish = noWish;
  private headText = '';
  private connection: UpstreamConnection | null = null;
  private waiting = false;
  private requestComplete = false;
  private replay: Buffer[] | null = null;
  private replayBytes = 0;
  private retries = 0;
  private replayedStale = false;
  private answerStarted = false;
  private closeAfter = false;
  private pendingHead = '';
  private tunnel = false;
  private frames: WebSocketFrames | null = null;
  private restarting: 'no' | 'asked' | 'sent' = 'no';

  constructor(
    private readonly client: Client,
    private readonly state: ProxyState,
  ) {}

  get answerHasNoBody(): boolean {
    return this.method.answerHasNoBody;
  }

  get movable(): boolean {
    return this.method.idempotent && this.isReplayable;
  }

  /** Whether the request's bytes so far are still at hand. */
  private get isReplayable(): boolean {
    return this.replay !== null || (this.requestComplete && this.replayBytes === 0);
  }

  /** Whether a request is under way. */
  get isActive(): boolean {
    return this.active;
  }

  get isTunnel(): boolean {
    return this.tunnel;
  }

  get hasAnswerStarted(): boolean {
    return this.answerStarted;
  }

  // ── the way there ─────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes a request whose head was just read; `head` is only valid during the call. */
  begin(head: RequestHead): void {
    this.reset(head);
    const { generation } = this.state;
    const route = generation.routes.match(head.host, head.path, head.pathIsPlain);
    if (route === 'no-route') {
      this.refuse('no_route');
      return;
    }
    if (route === 'ambiguous') {
      this.refuse('ambiguous_target');
      return;
    }
    if (head.upgrade !== '' && !(head.upgrade === 'websocket' && route.websocket && head.method.name === 'GET')) {
      this.refuse('upgrade_refused', true);
      return;
    }
    if (head.contentLength > generation.config.limits.maxBodyBytes) {
      this.refuse('body_too_large', true);
      return;
    }
    this.route = route;
    this.upstream = route.upstream;
    this.upgradeAsked = head.upgrade !== '';
    const { peer } = this.client;
    this.clientAddress = peer.trusted
      ? generation.trusted.clientAddress(peer, head.find(X_FORWARDED_FOR))
      : peer.address;
    this.wish = readWish(route.upstream, head, this.clientAddress);
    this.headText = writeRequestHead(head, peer, this.clientAddress, this.requestId);
    this.replay = this.requestComplete ? null : [];
    this.route.upstream.budget.request();
    this.dispatch();
  }

  private reset(head: RequestHead): void {
    this.active = true;
    this.state.counters.requests++;
    this.startedMs = this.state.now();
    this.method = head.method;
    this.host = head.host;
    this.path = head.path;
    this.requestId = requestIdFrom(head.find(X_REQUEST_ID));
    this.isHttp10 = head.isHttp10;
    this.decodeChunked = head.isHttp10;
    this.keepAlive = head.keepAlive;
    this.upstream = null;
    this.destination = null;
    this.route = null;
    this.wish = noWish;
    this.reason = 'picked';
    this.attempts = 0;
    this.status = 0;
    this.problem = null;
    this.sentBytes = 0;
    this.chosenMs = 0;
    this.connectedMs = 0;
    this.firstByteMs = 0;
    this.upgradeAsked = false;
    this.connection = null;
    this.waiting = false;
    this.requestComplete = head.body === 'none';
    this.replay = null;
    this.replayBytes = 0;
    this.retries = 0;
    this.replayedStale = false;
    this.answerStarted = false;
    this.closeAfter = false;
    this.pendingHead = '';
    this.tunnel = false;
  }

  /** Chooses a destination and begins to send, waits for room, or refuses. */
  private dispatch(): void {
    const upstream = this.upstream as Upstream;
    const choice = choose(upstream, this.state.tokens, this.wish);
    if ('destination' in choice) {
      this.sendTo(choice.destination, choice.reason, false);
      return;
    }
    if ('problem' in choice) {
      this.refuse(choice.problem);
      return;
    }
    if (!this.waiting) {
      if (!upstream.line.join(this)) {
        this.state.counters.shed++;
        this.refuse('overloaded');
        return;
      }
      this.waiting = true;
    }
  }

  tryAgain(): boolean {
    const choice = choose(this.upstream as Upstream, this.state.tokens, this.wish);
    if ('wait' in choice) return false;
    this.waiting = false;
    if ('destination' in choice) {
      this.sendTo(choice.destination, choice.reason, false);
      this.flushRequest();
      this.client.resumeBody();
    } else this.refuse(choice.problem);
    return true;
  }

  waitedTooLong(): void {
    this.waiting = false;
    this.state.counters.shed++;
    this.refuse('overloaded');
  }

  private sendTo(destination: Destination, reason: RouteReason, fresh: boolean): void {
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
    if (this.replay !== null) for (const part of this.replay) connection.sendBody(part, 0, part.length);
    if (this.requestComplete) connection.endRequest();
  }

  /** Part of the request's body, coding included; `bytes` stay as they are. */
  requestBody(bytes: Buffer, from: number, to: number): void {
    if (!this.active) return;
    if (this.replay !== null) {
      this.replayBytes += to - from;
      if (this.replayBytes > replayLimitBytes && !this.waiting) this.replay = null;
      else this.replay.push(bytes.subarray(from, to));
    }
    if (this.connection === null) {
      if (this.replayBytes > replayLimitBytes) this.client.pauseBody();
      return;
    }
    if (!this.connection.sendBody(bytes, from, to)) this.client.pauseBody();
  }

  requestEnd(): void {
    this.requestComplete = true;
    this.connection?.endRequest();
  }

  /** Everything the client sent in one read is handed over. */
  flushRequest(): void {
    this.connection?.flushRequest();
  }

  upstreamDrained(): void {
    this.client.resumeBody();
  }

  connected(): void {
    if (this.state.accessLog !== null) this.connectedMs = this.state.now();
  }

  // ── the way back ──────────────────────────────────────────────────────────────────────────────────────────────

  interim(head: ResponseHead): void {
    if (!this.isHttp10) this.client.writeText(writeResponseHead(head, '', false));
  }

  answerHead(head: ResponseHead): void {
    const destination = this.destination as Destination;
    const upstream = this.upstream as Upstream;
    this.answerStarted = true;
    this.replay = null;
    if (this.state.accessLog !== null) this.firstByteMs = this.state.now();
    this.status = head.status;
    if (head.status >= 500 && isFailure(head))
      upstream.failed(destination, 'answered', `answered ${head.status} repeatedly`);
    else upstream.succeeded(destination);
    const unframed = head.body === 'until-close' || (this.isHttp10 && head.body === 'chunked');
    this.closeAfter = !this.keepAlive || unframed || !this.requestComplete || this.state.closing;
    let added = destination.explain(upstream.config.policy, this.reason, this.attempts);
    if (destination.token !== '') added += this.affinityCookie(upstream, destination);
    if (this.closeAfter) added += 'Connection: close\r\n';
    else if (this.isHttp10) added += 'Connection: keep-alive\r\n';
    this.pendingHead = writeResponseHead(head, added, this.decodeChunked);
  }

  /** The Set-Cookie line for a client that is not bound to this destination yet. */
  private affinityCookie(upstream: Upstream, destination: Destination): string {
    const { affinity } = upstream.config;
    if (affinity?.cookie === undefined || this.reason === 'affinity' || this.reason === 'draining') return '';
    const { cookie } = this.wish;
    if (cookie !== undefined && this.state.tokens.destinationOf(upstream.name, cookie) === destination) return '';
    const value = this.state.tokens.issue(upstream.name, destination.token, cookie);
    const maxAge = affinity.maxAgeSeconds === undefined ? '' : `; Max-Age=${affinity.maxAgeSeconds}`;
    return `Set-Cookie: ${affinity.cookie}=${value}; Path=/; HttpOnly; SameSite=Lax${maxAge}${affinity.secure ? '; Secure' : ''}\r\n`;
  }

  range(bytes: Buffer, from: number, to: number): void {
    this.sentBytes += to - from;
    let ok: boolean;
    if (this.pendingHead === '') {
      ok = this.client.writeBytes(bytes.subarray(from, to));
    } else {
      const head = this.pendingHead;
      this.pendingHead = '';
      ok =
        to - from <= mergeBytes
          ? this.client.writeText(head + bytes.toString('latin1', from, to))
          : this.client.writeTextAndBytes(head, bytes.subarray(from, to));
    }
    if (!ok) this.connection?.pause();
  }

  flush(): boolean {
    if (this.pendingHead !== '') {
      const head = this.pendingHead;
      this.pendingHead = '';
      this.client.writeText(head);
    }
    return this.client.holdsBytes;
  }

  /** The client took what it was behind with. */
  clientDrained(): void {
    this.connection?.resume();
  }

  answerEnd(): void {
    if (this.pendingHead !== '') {
      const head = this.pendingHead;
      this.pendingHead = '';
      this.client.writeText(head);
    }
    this.connection = null;
    this.finish();
    this.client.exchangeDone(this.closeAfter);
  }

  // ── when it goes wrong ────────────────────────────────────────────────────────────────────────────────────────

  failed(failure: ForwardFailure): void {
    const upstream = this.upstream as Upstream;
    const destination = this.destination as Destination;
    this.connection = null;
    this.giveBack();
    const stale = failure.reused && failure.kind === 'lost' && failure.phase === 'answer-head';
    if (!stale && !this.tunnel) {
      const how = failure.phase === 'connect' ? 'unreachable' : 'broken';
      upstream.failed(destination, how, `${failure.kind} at ${failure.phase}`);
    }
    if (this.answerStarted) {
      this.destination = destination;
      this.finish(true);
      this.client.breakOff();
      return;
    }
    const decision = retryRule({
      failure,
      idempotent: this.method.idempotent,
      replayable: this.isReplayable,
      retries: this.retries,
      replayedStale: this.replayedStale,
    });
    if (decision === 'same-destination' && destination.acceptsBound) {
      this.replayedStale = true;
      this.sendAgain(destination, this.reason);
      return;
    }
    if (decision !== 'give-up') {
      const refuses = upstream.config.affinity?.onFailure === 'refuse' && this.reason !== 'picked';
      const other = refuses ? undefined : chooseOther(upstream, destination, this.wish);
      if (other !== undefined && upstream.budget.tryRetry()) {
        this.retries++;
        this.state.counters.retries++;
        destination.retries++;
        this.sendAgain(other, 'retried');
        return;
      }
    }
    this.giveUp(failure);
  }

  private sendAgain(destination: Destination, reason: RouteReason): void {
    this.sendTo(destination, reason, true);
    this.flushRequest();
    this.client.resumeBody();
  }

  private giveUp(failure: ForwardFailure): void {
    const code: ProblemCode =
      failure.phase === 'connect'
        ? 'destination_unreachable'
        : failure.kind === 'timeout'
          ? 'destination_timeout'
          : failure.kind === 'malformed'
            ? 'bad_answer'
            : 'connection_lost';
    this.answerWithProblem(code, !this.requestComplete);
  }

  /** Answers without asking a destination. */
  refuse(code: ProblemCode, close = false): void {
    this.answerWithProblem(code, close || !this.requestComplete);
  }

  /** The request itself turned out bad, or too late, while it was being forwarded. */
  abandon(code: ProblemCode): void {
    this.dropConnection();
    if (this.answerStarted) {
      this.finish(true);
      this.client.breakOff();
      return;
    }
    this.answerWithProblem(code, true);
  }

  private answerWithProblem(code: ProblemCode, close: boolean): void {
    const problem = problems[code];
    const hint = code === 'no_destination' ? this.upstream?.config.hint : undefined;
    this.problem = code;
    this.status = problem.status;
    this.state.counters.problems[code] = (this.state.counters.problems[code] ?? 0) + 1;
    this.closeAfter = close || !this.keepAlive || this.state.closing;
    const { destination, upstream } = this;
    const explained =
      destination === null || upstream === null
        ? ''
        : destination.explain(upstream.config.policy, this.reason, this.attempts);
    const fields = explained + (this.isHttp10 && !this.closeAfter ? 'Connection: keep-alive\r\n' : '');
    const shown = hint === undefined ? problem : { ...problem, detail: hint };
    this.client.writeText(renderProblem(shown, this.requestId, fields, this.closeAfter, this.method.answerHasNoBody));
    this.finish(true);
    this.client.exchangeDone(this.closeAfter);
  }

  /** The client is gone: whatever was asked in its name is called off. */
  clientGone(): void {
    if (!this.active) return;
    // A tunnel ends when either side has had enough: that is no abort, and its answer was the 101.
    if (!this.tunnel) {
      this.state.counters.clientAborts++;
      this.status = 499;
    }
    if (this.waiting) this.upstream?.line.leave(this);
    this.waiting = false;
    this.dropConnection();
    this.finish(true);
  }

  private dropConnection(): void {
    const { connection } = this;
    if (connection === null) return;
    this.connection = null;
    connection.abort();
    this.giveBack();
  }

  /** Counts and reports. `left`: the destination's place is already given back. */
  private finish(left = false): void {
    if (!this.active) return;
    this.active = false;
    if (!left) this.giveBack();
    if (this.tunnel) {
      this.tunnel = false;
      this.frames = null;
      this.state.counters.openTunnels--;
    }
    report(this, this.state);
  }

  /** The destination has room again. */
  private giveBack(): void {
    const { destination, upstream } = this;
    if (destination === null || upstream === null) return;
    if (this.tunnel) upstream.leaveTunnel(destination, this);
    else upstream.leave(destination);
  }

  // ── tunnels ───────────────────────────────────────────────────────────────────────────────────────────────────

  upgraded(head: ResponseHead): void {
    const destination = this.destination as Destination;
    const upstream = this.upstream as Upstream;
    this.answerStarted = true;
    this.tunnel = true;
    this.status = 101;
    this.closeAfter = true;
    this.state.counters.openTunnels++;
    upstream.enterTunnel(destination, this);
    this.frames = new WebSocketFrames();
    this.restarting = 'no';
    upstream.succeeded(destination);
    let added = destination.explain(upstream.config.policy, this.reason, this.attempts);
    if (destination.token !== '') added += this.affinityCookie(upstream, destination);
    added += 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
    this.client.writeText(writeResponseHead(head, added, false));
    this.client.beginTunnel();
  }

  tunnelled(bytes: Buffer, from: number, to: number): void {
    if (this.restarting === 'sent') return;
    const boundary = this.frames?.feed(bytes, from, to) ?? to;
    if (this.restarting === 'asked' && (boundary > from || this.frames?.atBoundary)) {
      this.client.writeBytes(Buffer.from(bytes.subarray(from, boundary)));
      this.sendRestart();
    } else if (!this.client.writeBytes(bytes.subarray(from, to))) this.connection?.pause();
  }

  restart(): void {
    if (!this.tunnel || this.restarting !== 'no') return;
    this.restarting = 'asked';
    this.client.awaitTunnelEnd();
    if (this.frames?.atBoundary) this.sendRestart();
  }

  /** The client answers with a close frame of its own, which the destination gets as usual. */
  private sendRestart(): void {
    this.restarting = 'sent';
    this.client.writeBytes(serviceRestartFrame);
  }

  /** Bytes of the client after the upgrade. */
  tunnelBytes(bytes: Buffer): void {
    if (this.connection?.sendBody(bytes, 0, bytes.length) === false) this.client.pauseBody();
  }

  /** The destination ended its side. */
  tunnelEnd(): void {
    this.client.endTunnel();
  }

  /** The client ended its side. */
  clientEndedTunnel(): void {
    this.connection?.endTunnel();
  }
}

/** A 503 that says when to come back is a considered answer, not a failing destination. */
function isFailure(head: ResponseHead): boolean {
  if (head.status === 501 || head.status === 505) return false;
  return head.status !== 503 || !/\r\nretry-after:/i.test(head.text);
}
