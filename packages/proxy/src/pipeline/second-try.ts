import type { AnswerSink } from '../forwarding/answer-sink.js';
import type { ForwardFailure } from '../forwarding/forward-failure.js';
import type { UpstreamConnection } from '../forwarding/upstream-connection.js';
import type { ResponseHead } from '../http1/response-head.js';
import type { RouteReason } from '../proxy-api.js';
import type { Destination } from '../upstreams/destination.js';

/** A late answer up to this size is read to its end, so that its connection can be used again. */
const MAX_DISCARDED_BYTES = 65_536;

/** Reads the answer that lost the race and drops it. The destination is left to finish what it has begun. */
export class DiscardedAnswer implements AnswerSink {
  readonly upgradeAsked = false;
  readonly decodeChunked = false;

  constructor(
    private readonly connection: UpstreamConnection,
    readonly answerHasNoBody: boolean,
    /** Gives the destination's place back. */
    private readonly done: () => void,
  ) {}

  answerHead({ body, contentLength }: ResponseHead): void {
    if (body === 'none' || (body === 'length' && contentLength <= MAX_DISCARDED_BYTES)) return;
    this.connection.abort();
    this.done();
  }

  answerEnd(): void {
    this.done();
  }

  failed(): void {
    this.done();
  }

  flush(): boolean {
    return false;
  }

  connected(): void {}
  interim(): void {}
  range(): void {}
  upgraded(): void {}
  tunnelled(): void {}
  tunnelEnd(): void {}
  upstreamDrained(): void {}
  destinationIsLate(): void {}
}

/** The exchange whose request is tried elsewhere while its first try is still waited for. */
export interface RacingExchange extends AnswerSink {
  /** The first try has an answer and is the exchange's only try from now on. */
  firstTryWins(first: FirstTry): void;
  /** The first try failed while both tries were under way. */
  firstTryFailed(first: FirstTry, failure: ForwardFailure): void;
}

/** The first try of a request. It is late, so the request was sent to another destination as well. */
export class FirstTry implements AnswerSink {
  readonly answerHasNoBody: boolean;
  readonly upgradeAsked: boolean;
  readonly decodeChunked: boolean;
  /** This is the exchange's only try again, and everything goes on to the exchange. */
  private leads = false;

  constructor(
    private readonly exchange: RacingExchange,
    readonly connection: UpstreamConnection,
    readonly destination: Destination,
    readonly reason: RouteReason,
  ) {
    this.answerHasNoBody = exchange.answerHasNoBody;
    this.upgradeAsked = exchange.upgradeAsked;
    this.decodeChunked = exchange.decodeChunked;
    connection.handOver(this);
  }

  /** The other try failed, and only this one is left. */
  lead(): void {
    this.leads = true;
  }

  answerHead(head: ResponseHead): void {
    this.win();
    this.exchange.answerHead(head);
  }

  upgraded(head: ResponseHead): void {
    this.win();
    this.exchange.upgraded(head);
  }

  private win(): void {
    if (this.leads) return;
    this.leads = true;
    this.exchange.firstTryWins(this);
  }

  failed(failure: ForwardFailure): void {
    if (this.leads) this.exchange.failed(failure);
    else this.exchange.firstTryFailed(this, failure);
  }

  interim(head: ResponseHead): void {
    if (this.leads) this.exchange.interim(head);
  }

  range(bytes: Buffer, from: number, to: number): void {
    this.exchange.range(bytes, from, to);
  }

  flush(): boolean {
    return this.leads && this.exchange.flush();
  }

  answerEnd(): void {
    this.exchange.answerEnd();
  }

  tunnelled(bytes: Buffer, from: number, to: number): void {
    this.exchange.tunnelled(bytes, from, to);
  }

  tunnelEnd(): void {
    this.exchange.tunnelEnd();
  }

  upstreamDrained(): void {
    if (this.leads) this.exchange.upstreamDrained();
  }

  connected(): void {}
  destinationIsLate(): void {}
}
