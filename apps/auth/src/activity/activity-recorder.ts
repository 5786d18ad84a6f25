import type { ActivityEntry } from '@holdfast/contracts';
import { SessionService } from '@holdfast/session/nest';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ActivityRepository } from './activity.repository.js';

/**
 * Writes down what auth itself knows: sign-ins, registrations and ended sessions. At most once: a failed write is
 * logged and lost, since no login should fail for want of a diary.
 */
@Injectable()
export class ActivityRecorder implements OnApplicationShutdown {
  readonly #logger = new Logger('activity');
  readonly #unsubscribe: () => void;

  constructor(
    @Inject(ActivityRepository) private readonly activity: ActivityRepository,
    @Inject(SessionService) sessions: SessionService,
  ) {
    this.#unsubscribe = sessions.onEnded(({ sessionId, userId, reason, local }) => {
      // Every instance hears of it; the one that ended it writes it down.
      if (local) void this.record(userId, { id: `ended-${sessionId}`, type: 'session.ended', data: { reason } });
    });
  }

  async record(userId: string, entry: Omit<ActivityEntry, 'at'>): Promise<void> {
    try {
      await this.activity.add(userId, { ...entry, at: new Date().toISOString() });
    } catch (error) {
      this.#logger.warn(`Not recorded: ${entry.type}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  onApplicationShutdown(): void {
    this.#unsubscribe();
  }
}
