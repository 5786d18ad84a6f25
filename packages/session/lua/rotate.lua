-- A new sid for the same session.
--
--   KEYS[1]  the session as it is now
--   ARGV[1]  prefix
--   ARGV[2]  bucket, of both
--   ARGV[3]  session id as it is now
--   ARGV[4]  new session id
--   ARGV[5]  milliseconds that it lives from now if it is not used again
--
-- Replies 1, or 0 when the session is not alive.

local old, new, ttl = ARGV[3], ARGV[4], milliseconds(ARGV[5])
local from, to = sessionKey(old), sessionKey(new)
local fields = redis.call('HMGET', from, '@c', '@u', '@p')
if not fields[1] then return 0 end
-- Sets the tombstone's time before there is one: where PEXPIRE is forbidden, nothing is changed.
redis.call('PEXPIRE', to, 60000)
redis.call('RENAME', from, to)
redis.pcall('HSET', from, '@x', 'rotated')
redis.call('PEXPIRE', from, 60000)
if fields[2] then
  redis.call('ZREM', userKey(fields[2]), fields[3] .. ' ' .. old)
  redis.call('ZADD', userKey(fields[2]), fields[1], fields[3] .. ' ' .. new)
  redis.call('ZREM', expiryKey(), old .. ' ' .. fields[3] .. ' ' .. fields[2])
end
extend(new, now(), ttl)
return 1
