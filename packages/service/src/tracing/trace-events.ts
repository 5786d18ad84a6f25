import { Logger } from '@nestjs/common';
import { requestScope } from '../logging/request-scope.js';
import { currentTracing } from './open-tracing.js';

const logger = new Logger('events');

/** The parts of an event that say where it comes from. */
interface TracedEvent {
  readonly id: string;
  readonly type: string;
  readonly requestId?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** Runs the handler of an event as part of the request that caused the event: in its logs, its own events and its trace. */
export function handleAsRequest(
  system: 'kafka' | 'redis',
  event: TracedEvent,
  handle: () => Promise<void>,
): Promise<void> {
  const tracing = currentTracing();
  const { type, id, requestId, traceparent: parent } = event;
  const work = () => {
    logger.debug(`handles ${type} ${id}`);
    return handle();
  };
  if (tracing === undefined) return requestScope.run({ requestId, traceparent: parent }, work);
  const attributes = { ...eventAttributes(system, type, id), 'messaging.operation.type': 'process' };
  const span = tracing.begin({ name: `process ${type}`, kind: 'consumer', parent, attributes });
  return tracing.around([span], () => tracing.inside(span, requestId, work));
}

/** Runs a transfer to Kafka of events, given as their JSON texts; each event of a trace gets a span. */
export function sendTraced(events: readonly string[], send: () => Promise<void>): Promise<void> {
  const tracing = currentTracing();
  if (tracing === undefined) return send();
  const spans = events.flatMap((text) => {
    const { type, id, traceparent: parent } = read(text);
    if (type === undefined || id === undefined || parent === undefined) return [];
    const attributes = { ...eventAttributes('kafka', type, id), 'messaging.operation.type': 'send' };
    return tracing.begin({ name: `send ${type}`, kind: 'producer', parent, attributes });
  });
  return tracing.around(spans, send);
}

function eventAttributes(system: 'kafka' | 'redis', type: string, id: string) {
  return { 'messaging.system': system, 'messaging.message.id': id, 'holdfast.event': type };
}

function read(text: string): Partial<TracedEvent> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    // The consumer makes a text that is not an event a dead letter.
    return {};
  }
}
