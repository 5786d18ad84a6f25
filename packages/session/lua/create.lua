-- Creates or replaces a session without an owner.
--
--   KEYS[1]  the session
--   ARGV[1]  prefix
--   ARGV[2]  bucket
--   ARGV[3]  session id
--   ARGV[4]  milliseconds that it lives from now if it is not used again; 0 or less: without end
--   ARGV[5]  milliseconds that it lives at most, however active; 0: no such end
--   ARGV[6]  version of the application's schema
--   ARGV[7…] attributes, each as field (=name) and text
--
-- Replies 1, or 0 and creates nothing when the session was ended within the last minute.

local id, ttl, absolute, version = ARGV[3], milliseconds(ARGV[4]), milliseconds(ARGV[5]), ARGV[6]
local key = sessionKey(id)
if redis.call('HEXISTS', key, '@x') == 1 then return 0 end
local at = now()
local stale = {}
for _, field in ipairs(redis.call('HKEYS', key)) do stale[field] = string.sub(field, 1, 1) == '=' end
-- The first write is one that Redis refuses when it is out of memory: after any other write the script would go on.
local isNew = redis.call('HSETNX', key, '@c', at) == 1
-- Where PEXPIREAT is forbidden, no session is left without expiry.
local bounded = ttl > 0 and redis.pcall('PEXPIREAT', key, at + ttl)
if type(bounded) == 'table' and bounded.err then
  if isNew then redis.call('DEL', key) end
  return bounded
end
if absolute > 0 then redis.call('HSETNX', key, '@a', at + absolute) end
-- At once, so that no error below leaves a session without expiry.
extend(id, at, ttl)
redis.call('HSET', key, '@v', version)
for n = 7, #ARGV, 2 do
  redis.call('HSET', key, ARGV[n], ARGV[n + 1])
  stale[ARGV[n]] = false
end
for field, gone in pairs(stale) do
  if gone then redis.call('HDEL', key, field) end
end
redis.call('HINCRBY', key, '@r', 1)
if ttl <= 0 then
  redis.call('HDEL', key, '@e')
  redis.call('PERSIST', key)
end
return 1
