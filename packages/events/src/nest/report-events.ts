import { Logger } from '@nestjs/common';

const logger = new Logger('events');

/** Logs what went wrong while events were carried; for a transport's `report`. */
export function reportEvents(error: unknown): void {
  logger.warn(error instanceof Error ? error.message : String(error));
}
