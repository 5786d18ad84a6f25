import type { Method } from '../http1/method.js';
import type { ProblemCode } from '../problem.js';
import type { AccessLogEntry, RequestTrace, RouteReason } from '../proxy-api.js';
import type { Destination } from '../upstreams/destination.js';
import type { Upstream } from '../upstreams/upstream.js';
import type { ProxyState } from './proxy-state.js';

/** The report of a finished exchange. Moments are 0 where a phase was not reached or not measured. */
export interface FinishedExchange {
  readonly method: Method;
  readonly host: string;
  readonly path: string;
  readonly requestId: string;
  readonly clientAddress: string;
  readonly upstream: Upstream | null;
  readonly destination: Destination | null;
  readonly reason: RouteReason;
  readonly attempts: number;
  readonly status: number;
  readonly problem: ProblemCode | null;
  readonly sentBytes: number;
  readonly startedMs: number;
  readonly chosenMs: number;
  readonly connectedMs: number;
  readonly firstByteMs: number;
  /** Null without tracing. */
  readonly trace: RequestTrace | null;
}

/** Counts a finished exchange, and tells the access log and, sampled, the listeners of decisions. */
export function report(exchange: FinishedExchange, state: ProxyState): void {
  const { destination, upstream } = exchange;
  const endedMs = state.now();
  const durationMs = endedMs - exchange.startedMs;
  if (destination !== null && exchange.problem === null) {
    const statusClass = Math.floor(exchange.status / 100);
    destination.responses[statusClass] = (destination.responses[statusClass] ?? 0) + 1;
  }
  if (upstream !== null && exchange.status !== 101) upstream.durations.record(durationMs);
  const { accessLog, decided } = state;
  if (accessLog !== null) {
    const entry = {
      at: isoNow(),
      requestId: exchange.requestId,
      method: exchange.method.name,
      host: exchange.host,
      path: exchange.path,
      upstream: upstream === null ? '' : upstream.name,
      policy: upstream === null ? 'round-robin' : upstream.config.policy,
      destination: destination === null ? '' : destination.id,
      reason: exchange.reason,
      attempts: exchange.attempts,
      status: exchange.status,
      durationMs,
      clientAddress: exchange.clientAddress,
      sentBytes: exchange.sentBytes,
      problem: exchange.problem,
      timings: {
        queuedMs: since(exchange.startedMs, exchange.chosenMs),
        connectedMs: since(exchange.startedMs, exchange.connectedMs),
        firstByteMs: since(exchange.startedMs, exchange.firstByteMs),
        totalMs: durationMs,
      },
      ...(exchange.trace !== null && { trace: exchange.trace }),
    } satisfies AccessLogEntry;
    accessLog(entry);
  }
  if (decided === null || upstream === null || !state.mayEmit()) return;
  decided({
    at: isoNow(),
    requestId: exchange.requestId,
    method: exchange.method.name,
    host: exchange.host,
    path: exchange.path,
    upstream: upstream.name,
    policy: upstream.config.policy,
    destination: destination?.id ?? '',
    reason: exchange.reason,
    attempts: exchange.attempts,
    status: exchange.status,
    durationMs,
  });
}

let isoAtMs = 0;
let iso = '';

/** The time of day in ISO 8601. Formatting it costs more than a route look-up, so each millisecond is formatted once. */
function isoNow(): string {
  const nowMs = Date.now();
  if (nowMs !== isoAtMs) {
    isoAtMs = nowMs;
    iso = new Date(nowMs).toISOString();
  }
  return iso;
}

/** The time from `startMs` to `momentMs`; 0 for a phase that was not reached or not needed. */
function since(startMs: number, momentMs: number): number {
  return momentMs === 0 ? 0 : momentMs - startMs;
}
