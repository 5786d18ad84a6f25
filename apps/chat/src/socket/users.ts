import type { FrameCounts } from './frame-counts.js';
import { MessageRate } from './message-rate.js';

/** How often an instance adds a user's frames to the count of all instances. */
const SHARE_EVERY_MS = 1_000;

export interface UsersOptions {
  readonly framesPerMinute: number;
  /** On this instance. */
  readonly mostSockets: number;
  readonly counts: FrameCounts;
  readonly pause?: (ms: number) => Promise<void>;
}

interface User {
  readonly rate: MessageRate;
  sockets: number;
  sharing: boolean;
}

/** The users with sockets on this instance. The sockets of one user share one rate. */
export class Users {
  private readonly users = new Map<string, User>();
  private readonly pause: (ms: number) => Promise<void>;

  constructor(private readonly options: UsersOptions) {
    this.pause = options.pause ?? unrefPause;
  }

  /** Counts a new socket of the user and returns their rate; undefined when they have as many sockets as allowed. */
  enter(userId: string): MessageRate | undefined {
    const user = this.users.get(userId) ?? {
      rate: new MessageRate(this.options.framesPerMinute),
      sockets: 0,
      sharing: false,
    };
    if (user.sockets >= this.options.mostSockets) return undefined;
    user.sockets++;
    this.users.set(userId, user);
    return user.rate;
  }

  /** Counts a closed socket out. The user's frames still count until the minute is over. */
  leave(userId: string): void {
    const user = this.users.get(userId);
    if (user !== undefined) user.sockets--;
  }

  /** Forgets users who have no socket and whose minute is over. A timer calls it. */
  forget(): void {
    for (const [userId, { rate, sockets, sharing }] of this.users) {
      if (sockets === 0 && !sharing && rate.leftMs === 0) this.users.delete(userId);
    }
  }

  /**
   * Adds the user's frames to the count of all instances: now, and then once a second while there are more. Does nothing until the user
   * has sent a quarter of the limit, so that ordinary users cost Redis nothing.
   */
  share(userId: string): void {
    const user = this.users.get(userId);
    if (user?.rate.isBusy && !user.sharing) void this.shareUntilIdle(userId, user);
  }

  private async shareUntilIdle(userId: string, user: User): Promise<void> {
    const { rate } = user;
    user.sharing = true;
    for (let frames = rate.takeUnshared(); frames > 0; frames = rate.takeUnshared()) {
      try {
        const { count, leftMs } = await this.options.counts.add(userId, frames);
        rate.learn(count, leftMs);
      } catch {
        // Without Redis each instance uses its own count.
        rate.putBack(frames);
      }
      await this.pause(SHARE_EVERY_MS);
    }
    user.sharing = false;
  }
}

function unrefPause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
