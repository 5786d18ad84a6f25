-- A user's live sessions. Writes nothing, so it also works on a read-only Redis.
--
--   KEYS[1]  the user's index
--   ARGV[1]  prefix
--   ARGV[2]  bucket of the user
--   ARGV[3]  user id
--
-- Replies a list for each, oldest first: public id, created, touched, expires, User-Agent, session id.

local devices = {}
for _, member in ipairs(redis.call('ZRANGE', userKey(ARGV[3]), 0, -1)) do
  local id = string.match(member, ' (.+)$')
  local fields = redis.call('HMGET', sessionKey(id), '@p', '@c', '@t', '@e', '@d')
  if fields[2] then devices[#devices + 1] = { fields[1], fields[2], fields[3], fields[4], fields[5] or '', id } end
end
return devices
