import { X_REQUEST_ID } from '../http1/header-name.js';
import { GET } from '../http1/method.js';
import type { RequestHead } from '../http1/request-head.js';
import type { ProblemCode } from '../problem.js';
import type { RequestTrace, RouteReason } from '../proxy-api.js';
import type { Destination } from '../upstreams/destination.js';
import type { Upstream } from '../upstreams/upstream.js';
import type { FinishedExchange } from './report.js';
import { requestIdFrom } from './request-ids.js';

/** The report of an exchange that is over. It is filled in while the exchange runs and reused for the next one. */
export class ExchangeRecord implements FinishedExchange {
  method = GET;
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
  trace: RequestTrace | null = null;

  /** Drops the texts of the request, which take memory. */
  protected forgetRequest(): void {
    this.host = '';
    this.path = '';
    this.requestId = '';
    this.clientAddress = '';
    this.trace = null;
  }

  protected beginRecord(head: RequestHead, nowMs: number): void {
    this.method = head.method;
    this.host = head.host;
    this.path = head.path;
    this.requestId = requestIdFrom(head.find(X_REQUEST_ID));
    this.upstream = null;
    this.destination = null;
    this.reason = 'picked';
    this.attempts = 0;
    this.status = 0;
    this.problem = null;
    this.sentBytes = 0;
    this.startedMs = nowMs;
    this.chosenMs = 0;
    this.connectedMs = 0;
    this.firstByteMs = 0;
  }
}
