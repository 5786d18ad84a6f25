-- Changes attributes of a live session, which counts as a use of it.
--
--   KEYS[1]  the session
--   ARGV[1]  prefix
--   ARGV[2]  bucket
--   ARGV[3]  session id
--   ARGV[4]  milliseconds that it lives from now if it is not used again; 0 or less: its end stays as it is
--   ARGV[5]  version of the application's schema; without one, the `@v` that was read
--   ARGV[6]  revision (`@r`) that nobody may have gone past, or '' to write whatever it is
--   ARGV[7]  how many attributes are set
--   ARGV[8…] these, each as field (=name) and text, and after them the fields to remove
--
-- Replies the new revision; 0 when the session is not alive; -1 when the revision is another.

local id, ttl, version, expected, sets = ARGV[3], milliseconds(ARGV[4]), tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7])
local key = sessionKey(id)
local fields = redis.call('HMGET', key, '@c', '@r', '@v')
if not fields[1] then return 0 end
if expected ~= '' and fields[2] ~= expected then return -1 end
local last = 7 + sets * 2
for at = 8, last, 2 do redis.call('HSET', key, ARGV[at], ARGV[at + 1]) end
for at = last + 1, #ARGV do redis.call('HDEL', key, ARGV[at]) end
-- An older release that writes must not make newer attributes look old.
if version > tonumber(fields[3] or '0') then redis.call('HSET', key, '@v', version) end
local revision = redis.call('HINCRBY', key, '@r', 1)
extend(id, now(), ttl)
return revision
