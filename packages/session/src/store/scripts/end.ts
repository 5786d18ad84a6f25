import { script } from '../../redis/script.js';
import { FINISH, PRELUDE } from './prelude.js';

/** Ends one session. ARGV: prefix, bucket, id, reason, origin. Replies 1 if it was alive. */
export const END = script(
  PRELUDE,
  FINISH,
  `
return finish(ARGV[3], ARGV[4], ARGV[5]) and 1 or 0
`,
);

/**
 * Ends sessions of a user. ARGV: prefix, bucket, user id, reason, origin, 'only' | 'except' | 'all', public id.
 * Replies how many were alive.
 */
export const END_OF_USER = script(
  PRELUDE,
  FINISH,
  `
local userId, reason, origin, which, publicId = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local ended = 0
for _, member in ipairs(redis.call('ZRANGE', userKey(userId), 0, -1)) do
  local own, id = string.match(member, '^(%S+) (.+)$')
  if which == 'all' or (which == 'only') == (own == publicId) then
    if finish(id, reason, origin) then ended = ended + 1 end
  end
end
return ended
`,
);

/** Puts those of the given sessions that are alive back into the index of their user. ARGV: prefix, bucket, session ids. */
export const INDEX_AGAIN = script(
  PRELUDE,
  `
local at = now()
for n = 3, #ARGV do
  local fields = redis.call('HMGET', sessionKey(ARGV[n]), '@c', '@u', '@p', '@a')
  if fields[1] and fields[2] then
    local index = userKey(fields[2])
    redis.call('ZADD', index, fields[1], fields[3] .. ' ' .. ARGV[n])
    local ends = tonumber(fields[4] or '0')
    if ends > at + redis.call('PTTL', index) then redis.call('PEXPIREAT', index, ends) end
  end
end
return 1
`,
);

/**
 * A user's live sessions. ARGV: prefix, bucket, user id. Replies lists of public id, created, touched, expires,
 * User-Agent, session id; oldest first. Writes nothing, so it also works on a read-only Redis.
 */
export const LIST_OF_USER = script(
  PRELUDE,
  `
local devices = {}
for _, member in ipairs(redis.call('ZRANGE', userKey(ARGV[3]), 0, -1)) do
  local id = string.match(member, ' (.+)$')
  local fields = redis.call('HMGET', sessionKey(id), '@p', '@c', '@t', '@e', '@d')
  if fields[2] then devices[#devices + 1] = { fields[1], fields[2], fields[3], fields[4], fields[5] or '', id } end
end
return devices
`,
);

/**
 * Announces sessions of a bucket that have expired, each once: who removes it from the queue announces it.
 * ARGV: prefix, bucket, most to announce, origin. Replies how many were due.
 */
export const SWEEP = script(
  PRELUDE,
  `
local at = now()
local due = redis.call('ZRANGEBYSCORE', expiryKey(), '-inf', at, 'LIMIT', 0, tonumber(ARGV[3]))
for _, member in ipairs(due) do
  local id, publicId, userId = string.match(member, '^(%S+) (%S+) (.+)$')
  local expires = redis.call('HGET', sessionKey(id), '@e')
  if expires and tonumber(expires) > at then
    redis.call('ZADD', expiryKey(), expires, member)
  else
    redis.call('ZREM', expiryKey(), member)
    redis.call('ZREM', userKey(userId), publicId .. ' ' .. id)
    redis.call('DEL', sessionKey(id))
    publish(id, publicId, userId, 'expired', ARGV[4])
  end
end
return #due
`,
);
