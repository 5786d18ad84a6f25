import { Logger } from '@nestjs/common';

const logger = new Logger('events');

/** Logs errors of a transport as warnings; pass it as the transport's `report`. */
export function reportEvents(error: unknown): void {
  logger.warn(error instanceof Error ? error.message : String(error));
}
