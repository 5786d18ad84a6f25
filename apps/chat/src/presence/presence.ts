import { Outbox } from '@holdfast/events';
import type { Redis } from 'ioredis';
import { roomKeys } from '../room/room-keys.js';

/** A place in a room is leased: an instance that dies without a word stops renewing, and its members fade. */
const leaseMs = 30_000;
/** How often an instance renews the leases of its members. Three chances within one lease. */
export const renewEveryMs = 10_000;
/** Names in a presence frame: a crowd is not listed to each of its members. */
const mostGlimpsed = 100;

const changed = JSON.stringify({ kind: 'presence' });

/** Who is in a room, over all instances. */
export class Presence {
  private readonly outbox: Outbox;

  constructor(
    private readonly redis: Redis,
    prefix: string,
    private readonly now: () => number = Date.now,
  ) {
    this.outbox = new Outbox(redis, prefix);
  }

  /** Takes or renews the places of these sockets. `seats` are ids unique over all instances. */
  async renew(room: string, seats: ReadonlyArray<{ readonly seat: string; readonly name: string }>): Promise<void> {
    if (seats.length === 0) return;
    const { presence } = roomKeys(this.outbox, room);
    const until = this.now() + leaseMs;
    await this.redis
      .multi()
      .zadd(presence, ...seats.flatMap(({ seat, name }) => [until, `${seat} ${name}`]))
      .pexpire(presence, leaseMs * 2)
      .exec();
  }

  /** Gives a place up and tells the room. */
  async leave(room: string, seat: string, name: string): Promise<void> {
    const { presence, channel } = roomKeys(this.outbox, room);
    const change = this.redis.multi().zrem(presence, `${seat} ${name}`);
    await (this.outbox.partitioned ? change.spublish(channel, changed) : change.publish(channel, changed)).exec();
  }

  /** Clears places whose lease ran out. True in the one instance that found them: it announces the change. */
  async expire(room: string): Promise<boolean> {
    const { presence } = roomKeys(this.outbox, room);
    return (await this.redis.zremrangebyscore(presence, '-inf', String(this.now()))) > 0;
  }

  /** Tells every instance's members of the room that presence has changed. */
  async announce(room: string): Promise<void> {
    const { channel } = roomKeys(this.outbox, room);
    await (this.outbox.partitioned ? this.redis.spublish(channel, changed) : this.redis.publish(channel, changed));
  }

  /** Names of who is in the room, each once, in alphabetical order. */
  async members(room: string): Promise<string[]> {
    const { presence } = roomKeys(this.outbox, room);
    const places = await this.redis.zrangebyscore(presence, `(${this.now()}`, '+inf');
    return [...new Set(places.map((place) => place.slice(place.indexOf(' ') + 1)))].sort();
  }

  /** The first hundred of `members`, and how many there are. */
  async glimpse(room: string): Promise<{ members: string[]; count: number }> {
    const members = await this.members(room);
    return { members: members.slice(0, mostGlimpsed), count: members.length };
  }
}
