import { Logger } from '@nestjs/common';
import type { AnyEvent } from '../envelope.js';

const logger = new Logger('events');

/** Logs errors of a transport as warnings; pass it as the transport's `report`. */
export function reportEvents(error: unknown, event?: AnyEvent): void {
  const text = error instanceof Error ? error.message : String(error);
  const about = event && ` (${event.type} ${event.id} of request ${event.requestId ?? 'unknown'})`;
  logger.warn(`${text}${about ?? ''}`);
}
