import type { Publish } from '../room/room-scripts.js';

/** A lease ends at its score, in milliseconds by the clock of Redis. */
const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = now + ARGV[1]
-- An older file may hold places from a clock that was ahead.
local latest = ends + ARGV[1]
`;

/**
 * KEYS: presence (sorted set: place → end of its lease). ARGV: milliseconds of a lease, channel, announcement, 1 to announce even
 * without a change, places to hold. Clears places whose lease has ended, and places whose lease is longer than any that this script gives.
 */
export const renewScript = (publish: Publish) => `${CLOCK}
local changes = redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
  + redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. latest, '+inf')
for i = 5, #ARGV do changes = changes + redis.call('ZADD', KEYS[1], ends, ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1] * 2)
if changes > 0 or ARGV[4] == '1' then redis.call('${publish}', ARGV[2], ARGV[3]) end
`;

/** KEYS: presence. ARGV: milliseconds of a lease. Returns the places that are held. */
export const membersScript = `${CLOCK}
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, latest)
`;
