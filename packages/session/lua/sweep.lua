-- Announces sessions of a bucket that have expired, each once: the process that removes it from the queue announces it.
--
--   KEYS[1]  the bucket's expiry queue
--   ARGV[1]  prefix
--   ARGV[2]  bucket
--   ARGV[3]  most to announce
--   ARGV[4]  origin, as for end.lua
--
-- Replies how many were due.

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
