-- A use of a live session.
--
--   KEYS[1]  the session
--   ARGV[1]  prefix
--   ARGV[2]  bucket
--   ARGV[3]  session id
--   ARGV[4]  milliseconds that it lives from now if it is not used again; 0 or less: its end stays as it is
--   ARGV[5]  only for a store of express-session, whose cookie has the expiry too: the text of `=cookie` before …
--   ARGV[6]  … and now. When another request has changed it meanwhile, it stays, and the expiry only moves on.
--
-- Replies when the session expires, or 0 when it is not alive.

if redis.call('HEXISTS', KEYS[1], '@c') == 0 then return 0 end
local ttl, at, before, cookie = milliseconds(ARGV[4]), now(), ARGV[5], ARGV[6]
if cookie then
  local fields = redis.call('HMGET', KEYS[1], '=cookie', '@e')
  if before == '' or fields[1] == before then
    redis.call('HSET', KEYS[1], '=cookie', cookie)
  elseif tonumber(fields[2] or '0') > at + ttl then
    ttl = tonumber(fields[2]) - at
  end
end
return extend(ARGV[3], at, ttl)
