import { setTimeout as delay } from 'node:timers/promises';
import { SessionConflictError, SessionEndedError } from '../errors/session-error.js';
import { type Delta, findDelta } from './delta.js';
import type { SessionKey } from './keyspace.js';
import type { Serializer } from './serializer.js';
import type { SessionRepository } from './session-repository.js';
import { openRecord, type SessionSchema } from './session-schema.js';

const MAX_ATTEMPTS = 30;
const MAX_BACKOFF_MS = 30;

export type Change = (attributes: Record<string, unknown>) => void | Promise<void>;

/** The result of an update: the values it left, and the changes it wrote. */
export interface Updated {
  readonly values: Record<string, unknown>;
  readonly delta: Delta | undefined;
}

/**
 * Read-modify-write of a session. It reads the latest from Redis, applies the change, writes only if nobody wrote in
 * between, and tries again otherwise. Updates of one session in this process take turns, so that they do not make each
 * other fail; there is no lock, so other processes never wait.
 */
export class SessionUpdater {
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(
    private readonly repository: SessionRepository,
    private readonly serializer: Serializer,
    private readonly schema: SessionSchema | undefined,
  ) {}

  /** Rejects with `SessionEndedError`, `SessionConflictError`, or whatever `change` throws. */
  async update(key: SessionKey, ttlMs: number, change: Change): Promise<Updated> {
    const before = this.turns.get(key.key) ?? Promise.resolve();
    const turn = before.then(() => this.attempt(key, ttlMs, change));
    const settled = turn.catch(() => undefined);
    this.turns.set(key.key, settled);
    try {
      return await turn;
    } finally {
      if (this.turns.get(key.key) === settled) this.turns.delete(key.key);
    }
  }

  private async attempt(key: SessionKey, ttlMs: number, change: Change): Promise<Updated> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const found = await this.repository.read(key);
      if (found.state !== 'live') throw new SessionEndedError();
      const { values, baseline } = openRecord(found.record, this.serializer, this.schema);
      await change(values);
      const delta = findDelta(baseline, values, this.serializer);
      if (delta === undefined) return { values, delta };
      const result = await this.repository.write(key, delta, ttlMs, found.record.revision);
      if (result === 'gone') throw new SessionEndedError();
      if (result !== 'conflict') return { values, delta };
      await delay(Math.random() * Math.min(2 ** attempt, MAX_BACKOFF_MS));
    }
    throw new SessionConflictError(MAX_ATTEMPTS);
  }
}
