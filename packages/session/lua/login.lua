-- A user's new session, with index, cap and expiry in one step, so that parallel logins cannot exceed the cap.
--
--   KEYS[1]   the session
--   ARGV[1]   prefix
--   ARGV[2]   bucket of the user
--   ARGV[3]   session id
--   ARGV[4]   milliseconds that it lives from now if it is not used again
--   ARGV[5]   milliseconds that it lives at most, however active
--   ARGV[6]   version of the application's schema
--   ARGV[7]   most sessions of the user; 0: no cap
--   ARGV[8]   at the cap: 'refuse' or 'expire-oldest'
--   ARGV[9]   user id
--   ARGV[10]  public id of the session
--   ARGV[11]  User-Agent, or ''
--   ARGV[12]  origin
--   ARGV[13]  id of the session that it replaces, if that is in this bucket, or ''
--   ARGV[14…] attributes, each as field (=name) and text
--
-- Replies 1, or 0 when refused. The first write is the new session: when Redis is read-only or out of memory that one fails,
-- and nothing has been changed.

local id, ttl, absolute, version = ARGV[3], milliseconds(ARGV[4]), milliseconds(ARGV[5]), ARGV[6]
local cap, policy, userId, publicId = tonumber(ARGV[7]), ARGV[8], ARGV[9], ARGV[10]
local agent, origin, replaced = ARGV[11], ARGV[12], ARGV[13]
local at, index, key = now(), userKey(userId), sessionKey(id)
local alive, dead = {}, {}
for _, member in ipairs(redis.call('ZRANGE', index, 0, -1)) do
  local other = string.match(member, ' (.+)$')
  if redis.call('HEXISTS', sessionKey(other), '@c') == 0 then
    dead[#dead + 1] = member
  elseif other ~= replaced then
    alive[#alive + 1] = other
  end
end
local surplus = 0
if cap > 0 then surplus = #alive + 1 - cap end
if surplus > 0 and policy == 'refuse' then return 0 end
-- The first write is one that Redis refuses when it is out of memory: after any other write the script would go on.
redis.call('HSET', key, '@c', at, '@a', at + absolute, '@v', version, '@r', 1, '@u', userId, '@p', publicId)
-- Where PEXPIREAT is forbidden, no session is left without expiry.
local bounded = redis.pcall('PEXPIREAT', key, at + ttl)
if type(bounded) == 'table' and bounded.err then
  redis.call('DEL', key)
  return bounded
end
-- At once, so that no error below leaves a session without expiry.
extend(id, at, ttl)
if agent ~= '' then redis.call('HSET', key, '@d', agent) end
for n = 14, #ARGV, 2 do redis.call('HSET', key, ARGV[n], ARGV[n + 1]) end
for _, member in ipairs(dead) do redis.call('ZREM', index, member) end
for n = 1, surplus do finish(alive[n], 'replaced', origin) end
if replaced ~= '' then finish(replaced, 'replaced', origin) end
redis.call('ZADD', index, at, publicId .. ' ' .. id)
-- Sessions that expired leave their entry until the next login or sweep; after this no session of the user is alive.
-- An earlier release may have had a longer lifetime, so the index's end only moves away.
if redis.call('PTTL', index) < absolute then redis.call('PEXPIREAT', index, at + absolute) end
return 1
