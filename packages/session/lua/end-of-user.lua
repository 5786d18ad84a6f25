-- Ends sessions of a user and tells every process.
--
--   KEYS[1]  the user's index
--   ARGV[1]  prefix
--   ARGV[2]  bucket of the user
--   ARGV[3]  user id
--   ARGV[4]  reason, as for end.lua
--   ARGV[5]  origin, as for end.lua
--   ARGV[6]  'all', or 'only' or 'except' the session of ARGV[7]
--   ARGV[7]  public id of a session, or ''
--
-- Replies how many were alive.

local userId, reason, origin, which, publicId = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local ended = 0
for _, member in ipairs(redis.call('ZRANGE', userKey(userId), 0, -1)) do
  local own, id = string.match(member, '^(%S+) (.+)$')
  if which == 'all' or (which == 'only') == (own == publicId) then
    if finish(id, reason, origin) then ended = ended + 1 end
  end
end
return ended
