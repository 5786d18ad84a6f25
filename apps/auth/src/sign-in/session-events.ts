import { addToOutbox, type EventType, newEvent, Outbox } from '@holdfast/events';
import { currentRequest, REDIS } from '@holdfast/service';
import { SessionService } from '@holdfast/session/nest';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { tellSessionEnded } from './tell-session-ended.js';

/** Injects the prefix of every key of this system. */
export const KEY_PREFIX = Symbol('KEY_PREFIX');

/**
 * Publishes the start and the end of sessions to the other services, at most once. The session store writes with scripts of its
 * own, so the event follows the confirmed change instead of being part of it. A failed publication is logged and the event is
 * lost, because a login should not fail for it.
 */
@Injectable()
export class SessionEvents implements OnApplicationShutdown {
  private readonly logger = new Logger('session events');
  private readonly unsubscribe: () => void;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(KEY_PREFIX) private readonly prefix: string,
    @Inject(SessionService) sessions: SessionService,
  ) {
    // Every instance publishes it, because the process that ended the session may be todo or chat, or be gone. It counts once.
    this.unsubscribe = sessions.onEnded((ended) => {
      void this.orLost('session.ended', () => tellSessionEnded(this.redis, this.prefix, ended));
    });
  }

  /** `newNetwork`: the user has not logged in from there lately, and may want to know. */
  async started(userId: string, sessionId: string, newNetwork: boolean): Promise<void> {
    const data = { sessionId, ...(newNetwork && { newNetwork }) };
    const event = newEvent('session.started', { key: userId, data, ...currentRequest() });
    await this.orLost('session.started', () =>
      addToOutbox(this.redis.multi(), new Outbox(this.redis, this.prefix), event).exec(),
    );
  }

  private async orLost(type: EventType, tell: () => Promise<unknown>): Promise<void> {
    try {
      await tell();
    } catch (error) {
      this.logger.warn(`Event not published: ${type}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  onApplicationShutdown(): void {
    this.unsubscribe();
  }
}
