import { tracingChannel } from 'node:diagnostics_channel';
import { context, type Span, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { failSpan } from './fail-span.js';

/** A message of ioredis about one command; the same object from its start to its end. */
interface RedisCommand {
  readonly command: string;
  readonly serverAddress?: string;
  readonly serverPort?: number;
  readonly error?: unknown;
}

/** Gives each command to Redis that belongs to traced work a span, with its name and never its arguments. */
export function traceRedis(tracer: Tracer): void {
  const spans = new WeakMap<object, Span>();
  tracingChannel<unknown, RedisCommand>('ioredis:command').subscribe({
    start(message) {
      // What runs in the background would begin a trace each.
      if (trace.getSpan(context.active()) === undefined) return;
      const { command, serverAddress, serverPort } = message;
      const attributes = {
        'db.system.name': 'redis',
        'db.operation.name': command,
        ...(serverAddress !== undefined && { 'server.address': serverAddress }),
        ...(serverPort !== undefined && { 'server.port': serverPort }),
      };
      spans.set(message, tracer.startSpan(command.toUpperCase(), { kind: SpanKind.CLIENT, attributes }));
    },
    end() {},
    asyncStart() {},
    error(message) {
      const span = spans.get(message);
      if (span !== undefined) failSpan(span, message.error);
    },
    asyncEnd(message) {
      spans.get(message)?.end();
    },
  });
}
