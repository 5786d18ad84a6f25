import { Outbox } from '@holdfast/events';
import type { Redis } from 'ioredis';
import { roomKeys } from '../room/room-keys.js';
import { membersScript, renewScript } from './presence-scripts.js';

/** How long a place lasts without renewal. The members of an instance that dies fade after this time. */
const LEASE_MS = 30_000;
/** How often an instance renews the places of its members: three times within one lease. */
export const RENEW_EVERY_MS = 10_000;
/** Pause before a failed renewal is tried again. */
export const RETRY_RENEWAL_MS = 1_000;
/** Most names in a presence frame. */
const MOST_GLIMPSED = 100;

const CHANGED = JSON.stringify({ kind: 'presence' });

/** One socket's place in a room. */
export interface Place {
  /** Unique over all instances. */
  readonly seat: string;
  readonly name: string;
}

/**
 * The members of a room, over all instances. A place is a lease by the clock of Redis: instances with different clocks agree on
 * which places have ended.
 */
export class Presence {
  private readonly outbox: Outbox;
  private readonly renewScript: string;

  constructor(
    private readonly redis: Redis,
    prefix: string,
    private readonly leaseMs = LEASE_MS,
  ) {
    this.outbox = new Outbox(redis, prefix);
    this.renewScript = renewScript(this.outbox.partitioned ? 'SPUBLISH' : 'PUBLISH');
  }

  /**
   * Takes or renews these places and clears the room's places whose lease has ended. The same script announces a change, or with
   * `always` announces in any case. A lost place that is taken again is a change.
   */
  async renew(room: string, places: readonly Place[], announce: 'changes' | 'always' = 'changes'): Promise<void> {
    if (places.length === 0) return;
    const { presence, channel } = roomKeys(this.outbox, room);
    const members = places.map(({ seat, name }) => `${seat} ${name}`);
    await this.redis.eval(
      this.renewScript,
      ...[1, presence, this.leaseMs, channel, CHANGED],
      ...[announce === 'always' ? 1 : 0, ...members],
    );
  }

  /** Gives a place up and announces it. */
  async leave(room: string, seat: string, name: string): Promise<void> {
    const { presence, channel } = roomKeys(this.outbox, room);
    const change = this.redis.multi().zrem(presence, `${seat} ${name}`);
    await (this.outbox.partitioned ? change.spublish(channel, CHANGED) : change.publish(channel, CHANGED)).exec();
  }

  /** Names of the room's members, each once, in alphabetical order. */
  async members(room: string): Promise<string[]> {
    const { presence } = roomKeys(this.outbox, room);
    const places = (await this.redis.eval(membersScript, 1, presence, this.leaseMs)) as string[];
    return [...new Set(places.map((place) => place.slice(place.indexOf(' ') + 1)))].sort();
  }

  /** The first hundred of `members`, and their number. */
  async glimpse(room: string): Promise<{ members: string[]; count: number }> {
    const members = await this.members(room);
    return { members: members.slice(0, MOST_GLIMPSED), count: members.length };
  }
}
