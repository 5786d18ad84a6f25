import type { ForwardFailure } from '../forwarding/forward-failure.js';
import { writeRequestHead } from '../forwarding/write-request-head.js';
import { writeResponseHead } from '../forwarding/write-response-head.js';
import { isFailingAnswer } from '../health/is-failing-answer.js';
import type { RequestHead } from '../http1/request-head.js';
import type { ResponseHead } from '../http1/response-head.js';
import { type ProblemCode, problems, renderProblem } from '../problem.js';
import type { Destination } from '../upstreams/destination.js';
import type { Upstream } from '../upstreams/upstream.js';
import type { Waiting } from '../upstreams/waiting-line.js';
import { admit } from './admit.js';
import { affinityCookieLine } from './affinity-cookie-line.js';
import { AnswerWriter } from './answer-writer.js';
import { choose, NO_WISH, readWish } from './choice.js';
import { chooseUpstream } from './choose-upstream.js';
import type { Client } from './client.js';
import { ExchangeAttempts } from './exchange-attempts.js';
import { hideCookie } from './hide-cookie.js';
import { problemOfFailure } from './problem-of-failure.js';
import type { BoundRoute, ProxyState } from './proxy-state.js';
import { RelayedTunnel } from './relayed-tunnel.js';
import { report } from './report.js';
import { traceOf, traceparentOf } from './request-trace.js';

/**
 * One request on its way: routing → health → affinity → balancing → forwarding → retry rule → answer. A client
 * connection has one exchange and reuses it, since it has one request at a time.
 */
export class Exchange extends ExchangeAttempts implements Waiting {
  /** The largest body that this request may have. */
  maxBodyBytes = 0;
  private isHttp10 = false;
  private keepAlive = true;
  private expectsContinue = false;
  private active = false;
  private waiting = false;
  waitsFor: Destination | null = null;
  private closeAfter = false;
  /** The answer ends only with the connection, so an incomplete one has to end with a reset. */
  private endsWithConnection = false;
  /** Keeps the client with its upstream of a split route; empty when it is to stay as it is. */
  private splitLine = '';
  private readonly answer: AnswerWriter;

  constructor(client: Client, state: ProxyState) {
    super(client, state);
    this.answer = new AnswerWriter(client);
  }

  /** Whether the answer has begun and is not complete. */
  get isAnswering(): boolean {
    return this.active && this.answerStarted;
  }

  /** Whether the answer under way has to end with a reset, if it ends now: an orderly end would make it look complete. */
  get breaksWithReset(): boolean {
    return this.isAnswering && this.tunnel === null && this.endsWithConnection;
  }

  // ── the way there ─────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes a request whose head was just read; `head` is only valid during the call. */
  begin(head: RequestHead): void {
    this.reset(head);
    const { generation } = this.state;
    const route = admit(generation, head);
    if ('problem' in route) {
      this.refuse(route.problem, route.close);
      return;
    }
    const upstream = this.upstreamOf(route, head);
    this.upstream = upstream;
    this.upgradeAsked = head.upgrade !== '';
    const { peer } = this.client;
    const { warnings } = this.state;
    const origin = generation.trusted.origin(peer, head);
    this.clientAddress = origin.address;
    this.maxBodyBytes = route.maxBodyBytes ?? generation.config.limits.maxBodyBytes;
    this.wish = readWish(upstream, this.state.tokens, head, this.clientAddress);
    const { requestId } = this;
    const traceparent = this.trace === null ? '' : traceparentOf(this.trace);
    const beginsTrace = this.trace?.parentSpanId === null;
    const { disbelieved } = warnings;
    this.headText = writeRequestHead({ head, peer, origin, requestId, traceparent, beginsTrace, disbelieved });
    const { affinity } = upstream.config;
    if (affinity?.hideFromDestination === true && affinity.cookie !== undefined) {
      this.headText = hideCookie(this.headText, affinity.cookie);
    }
    upstream.budget.request();
    this.dispatch();
  }

  private upstreamOf({ upstream, split }: BoundRoute, head: RequestHead): Upstream {
    if (split === undefined) return upstream;
    const chosen = chooseUpstream(split, this.state.splitTokens, head);
    this.splitLine = chosen.cookieLine;
    return chosen.upstream;
  }

  private reset(head: RequestHead): void {
    this.active = true;
    this.state.counters.requests++;
    this.beginRecord(head, this.state.now());
    if (this.state.tracing) this.trace = traceOf(head);
    this.isHttp10 = head.isHttp10;
    this.decodeChunked = head.isHttp10;
    this.keepAlive = head.keepAlive;
    this.expectsContinue = head.expectsContinue;
    this.wish = NO_WISH;
    this.upgradeAsked = false;
    this.connection = null;
    this.first = null;
    this.waiting = false;
    this.requestComplete = head.body === 'none';
    this.replay.begin(!this.requestComplete);
    this.retries = 0;
    this.replays = 0;
    this.answerStarted = false;
    this.closeAfter = false;
    this.endsWithConnection = false;
    this.splitLine = '';
    this.answer.begin('');
    this.tunnel = null;
  }

  /** Chooses a destination and begins to send, waits for room, or refuses. */
  private dispatch(): void {
    const upstream = this.upstream as Upstream;
    const choice = choose(upstream, this.wish);
    if ('destination' in choice) {
      this.sendTo(choice.destination, choice.reason, false);
      return;
    }
    if ('problem' in choice) {
      this.refuse(choice.problem);
      return;
    }
    this.waitsFor = choice.waitsFor;
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
    const choice = choose(this.upstream as Upstream, this.wish);
    if ('waitsFor' in choice) {
      this.waitsFor = choice.waitsFor;
      return false;
    }
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

  /** Part of the request's body, coding included; `bytes` stay as they are. */
  requestBody(bytes: Buffer, from: number, to: number): void {
    if (!this.active) return;
    this.replay.keep(bytes, from, to, this.waiting);
    if (this.connection === null) {
      if (this.replay.isOverLimit) this.client.pauseBody();
      return;
    }
    if (!this.connection.sendBody(bytes, from, to)) this.client.pauseBody();
  }

  requestEnd(): void {
    this.requestComplete = true;
    this.connection?.endRequest();
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
    this.retriedInVain = false;
    this.discardFirst();
    this.replay.forget();
    if (this.state.accessLog !== null) this.firstByteMs = this.state.now();
    this.status = head.status;
    if (!this.upgradeAsked && isFailingAnswer(head.status, head.text)) {
      upstream.failed(destination, 'failing', `answered ${head.status} repeatedly`);
    } else upstream.succeeded(destination);
    const unframed = head.body === 'until-close' || (this.isHttp10 && head.body === 'chunked');
    this.endsWithConnection = unframed || this.isHttp10;
    this.closeAfter = !this.keepAlive || unframed || this.endsUpload(head.status) || this.state.closing;
    let added = this.explanation(upstream, destination, head);
    if (this.closeAfter) added += 'Connection: close\r\n';
    else if (this.isHttp10) added += 'Connection: keep-alive\r\n';
    this.answer.begin(writeResponseHead(head, added, this.decodeChunked));
  }

  /**
   * Whether this answer, before the body is complete, ends the connection. A refusal does, so that the client stops sending; so does an
   * answer to a client that may not send the body at all. Other answers do not, or a slow client would come back again and again.
   */
  private endsUpload(status: number): boolean {
    return !this.requestComplete && (status >= 400 || this.expectsContinue || this.isHttp10);
  }

  /** The lines that say which destination answers and why, and the line that binds the client if it is to be bound. */
  private explanation(upstream: Upstream, destination: Destination, head: ResponseHead): string {
    const lines = destination.explain(upstream.config.policy, this.reason, this.attempts) + this.splitLine;
    if (destination.token === '') return lines;
    return lines + affinityCookieLine(this.state.tokens, upstream, destination, this.wish, head);
  }

  range(bytes: Buffer, from: number, to: number): void {
    this.sentBytes += to - from;
    if (!this.answer.write(bytes, from, to)) this.connection?.pause();
  }

  flush(): boolean {
    this.answer.flush();
    return this.client.holdsBytes;
  }

  /** The client took all bytes that it was behind with. */
  clientDrained(): void {
    this.connection?.resume();
  }

  answerEnd(): void {
    this.answer.flush();
    this.connection = null;
    this.finish();
    this.client.exchangeDone(this.closeAfter);
  }

  // ── when it goes wrong ────────────────────────────────────────────────────────────────────────────────────────

  failed(failure: ForwardFailure): void {
    const upstream = this.upstream as Upstream;
    const destination = this.destination as Destination;
    const beganMs = this.connection?.beganMs ?? 0;
    this.connection = null;
    this.giveBack();
    if (this.tunnel === null) this.account(failure, destination, beganMs);
    if (this.answerStarted && !this.answer.takeBack()) {
      this.destination = destination;
      this.finish(true);
      this.client.breakOff(this.endsWithConnection);
      return;
    }
    this.answerStarted = false;
    if (this.first !== null) {
      this.returnToFirst(this.first);
      return;
    }
    if (this.tryAgainAfter(failure, upstream, destination)) return;
    const code = this.refusesOthers && failure.phase === 'connect' ? 'affinity_lost' : problemOfFailure(failure);
    this.answerWithProblem(code, !this.requestComplete);
  }

  /** Answers without asking a destination. */
  refuse(code: ProblemCode, close = false): void {
    this.answerWithProblem(code, close || !this.requestComplete);
  }

  /** The request turned out bad, or too late, while it was being forwarded. */
  abandon(code: ProblemCode): void {
    this.dropConnection();
    if (this.answerStarted) {
      this.finish(true);
      this.client.breakOff(this.endsWithConnection);
      return;
    }
    this.answerWithProblem(code, true);
  }

  /** The hint of the config for a request without a route or a destination. */
  private hintFor(code: ProblemCode): string | undefined {
    if (code === 'no_route') return this.state.generation.config.noRouteHint;
    return code === 'no_destination' ? this.upstream?.config.hint : undefined;
  }

  private answerWithProblem(code: ProblemCode, close: boolean): void {
    const problem = problems[code];
    const hint = this.hintFor(code);
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

  /** Ends the request, because its client is gone. */
  clientGone(): void {
    if (!this.active) return;
    // The end of a tunnel is not an abort, because its answer was the 101.
    if (this.tunnel === null) {
      this.state.counters.clientAborts++;
      this.status = 499;
    }
    if (this.waiting) this.upstream?.line.leave(this);
    this.waiting = false;
    this.dropConnection();
    this.finish(true);
  }

  private dropConnection(): void {
    const { connection, first } = this;
    if (first !== null) {
      this.first = null;
      first.connection.abort();
      this.upstream?.leave(first.destination);
    }
    if (connection === null) return;
    this.connection = null;
    if (this.tunnel === null) connection.abort();
    else connection.finishTunnel();
    this.giveBack();
  }

  /** Counts and reports. `left`: the destination's place is already given back. */
  private finish(left = false): void {
    if (!this.active) return;
    this.active = false;
    if (!left) this.giveBack();
    if (this.tunnel !== null) {
      this.tunnel.end();
      this.tunnel = null;
      this.state.counters.openTunnels--;
    }
    report(this, this.state);
    // The connection may now be idle for a long time and is one of thousands: objects that it kept would move to the old heap.
    this.forgetRequest();
    this.headText = '';
    this.wish = NO_WISH;
    this.replay.forget();
  }

  // ── tunnels ───────────────────────────────────────────────────────────────────────────────────────────────────

  upgraded(head: ResponseHead): void {
    const destination = this.destination as Destination;
    const upstream = this.upstream as Upstream;
    this.answerStarted = true;
    this.discardFirst();
    this.status = 101;
    this.closeAfter = true;
    this.state.counters.openTunnels++;
    this.tunnel = new RelayedTunnel(this.client);
    upstream.enterTunnel(destination, this.tunnel);
    upstream.succeeded(destination);
    const added = `${this.explanation(upstream, destination, head)}Connection: Upgrade\r\nUpgrade: websocket\r\n`;
    this.client.writeText(writeResponseHead(head, added, false));
    this.client.beginTunnel();
  }

  tunnelled(bytes: Buffer, from: number, to: number): void {
    if (this.tunnel?.relay(bytes, from, to) === false) this.connection?.pause();
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
