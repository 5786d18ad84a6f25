import type { Device, Devices, EndReason } from '../sessions.js';
import type { SessionRepository } from '../store/session-repository.js';

/** Devices from the user's index in Redis. */
export class RedisDevices implements Devices {
  constructor(private readonly repository: SessionRepository) {}

  async list(userId: string): Promise<Device[]> {
    // A device whose entry was evicted is still signed in, and its owner has to see it.
    await this.repository.index.complete(userId, 'recent');
    const owned = await this.repository.listOfUser(userId);
    return owned.reverse().map((session) => ({
      id: session.publicId,
      createdAt: new Date(session.createdAtMs),
      lastSeenAt: new Date(session.touchedAtMs),
      expiresAt: new Date(session.expiresAtMs),
      ...(session.userAgent === '' ? {} : { userAgent: session.userAgent }),
    }));
  }

  async end(userId: string, sessionId: string, reason: EndReason): Promise<boolean> {
    return (await this.repository.endOfUser(userId, 'only', sessionId, reason)) > 0;
  }

  endOthers(userId: string, keepSessionId: string, reason: EndReason): Promise<number> {
    return this.repository.endOfUser(userId, 'except', keepSessionId, reason);
  }

  endAll(userId: string, reason: EndReason): Promise<number> {
    return this.repository.endOfUser(userId, 'all', '', reason);
  }
}
