-- Puts sessions that are alive back into the index of their user, where Redis may have evicted it.
--
--   KEYS[1]  one of the sessions
--   ARGV[1]  prefix
--   ARGV[2]  bucket
--   ARGV[3…] session ids
--
-- Replies 1.

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
