import { type Context, context, type Span, type SpanContext, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { requestScope } from '../logging/request-scope.js';
import { failSpan } from './fail-span.js';
import type { TracingOptions } from './open-tracing.js';
import { resourceOf } from './resource-of.js';
import { traceRedis } from './trace-redis.js';

/** A piece of work to trace. */
export interface Work {
  readonly name: string;
  readonly kind: 'server' | 'consumer' | 'producer';
  /** `traceparent` of the work that caused it. Undefined: it begins a trace. */
  readonly parent: string | undefined;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Default: now. */
  readonly startedAt?: Date;
}

const KINDS = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER, producer: SpanKind.PRODUCER } as const;

/** The spans of this process, sent in batches. A command to Redis inside traced work gets a span by itself. */
export class Tracing {
  private readonly provider: NodeTracerProvider;
  private readonly tracer: Tracer;

  constructor({ service, instance, ids }: TracingOptions) {
    this.provider = new NodeTracerProvider({
      resource: resourceOf(service, instance),
      spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
      ...(ids !== undefined && { idGenerator: ids }),
    });
    this.provider.register();
    this.tracer = trace.getTracer('holdfast');
    traceRedis(this.tracer);
  }

  /** Begins a span; the caller ends it. */
  begin({ name, kind, parent, attributes, startedAt }: Work): Span {
    const options = { kind: KINDS[kind], attributes, ...(startedAt !== undefined && { startTime: startedAt }) };
    return this.tracer.startSpan(name, options, contextOf(parent));
  }

  /** Runs work inside a span: spans begun, events made and lines logged meanwhile belong to it. */
  inside<T>(span: Span, requestId: string | undefined, run: () => T): T {
    const scope = { requestId, traceparent: traceparentOf(span.spanContext()) };
    return context.with(trace.setSpan(context.active(), span), () => requestScope.run(scope, run));
  }

  /** Runs one piece of work that does all of these; their spans end with it and tell its failure. */
  async around<T>(spans: readonly Span[], run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      for (const span of spans) failSpan(span, error);
      throw error;
    } finally {
      for (const span of spans) span.end();
    }
  }

  /** Ends the span of a request that was answered with this status. */
  endRequest(span: Span, status: number, endedAt?: Date): void {
    span.setAttribute('http.response.status_code', status);
    if (status >= 500) failSpan(span, `answered ${status}`);
    span.end(endedAt);
  }

  /** Sends what is not sent yet. Never rejects: no shutdown fails for a trace. */
  async close(): Promise<void> {
    await this.provider.shutdown().catch(() => undefined);
  }
}

/** The context whose span is the one of this `traceparent`; without one that is well-formed, a new trace begins in it. */
function contextOf(traceparent: string | undefined): Context {
  const [, traceId = '', spanId = '', flags = ''] = traceparent?.split('-') ?? [];
  const remote: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  const outside = trace.deleteSpan(context.active());
  return traceId === '' ? outside : trace.setSpanContext(outside, remote);
}

function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${traceFlags & 1}`;
}
