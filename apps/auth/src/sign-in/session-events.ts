import { addToOutbox, newEvent } from '@holdfast/events';
import { currentRequestId, REDIS } from '@holdfast/service';
import { SessionService } from '@holdfast/session/nest';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';

/** Injects what every key of this system begins with. */
export const KEY_PREFIX = Symbol('KEY_PREFIX');

/**
 * Tells the other services of sessions. At most once: sessions are the session store's, with scripts of its own, so the
 * event follows the confirmed change instead of being part of it. What cannot be told is logged and lost, since no login should
 * fail for want of an announcement.
 */
@Injectable()
export class SessionEvents implements OnApplicationShutdown {
  readonly #logger = new Logger('session events');
  readonly #unsubscribe: () => void;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(KEY_PREFIX) private readonly prefix: string,
    @Inject(SessionService) sessions: SessionService,
  ) {
    this.#unsubscribe = sessions.onEnded(({ sessionId, userId, reason, local }) => {
      // Every instance hears of it; the one that ended it tells.
      if (local) void this.#tell(newEvent('session.ended', { key: userId, data: { sessionId, reason } }));
    });
  }

  async started(userId: string, sessionId: string): Promise<void> {
    const requestId = currentRequestId();
    await this.#tell(newEvent('session.started', { key: userId, data: { sessionId }, requestId }));
  }

  async #tell(event: Parameters<typeof addToOutbox>[2]): Promise<void> {
    try {
      await addToOutbox(this.redis.multi(), this.prefix, event).exec();
    } catch (error) {
      this.#logger.warn(`Not told: ${event.type}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  onApplicationShutdown(): void {
    this.#unsubscribe();
  }
}
