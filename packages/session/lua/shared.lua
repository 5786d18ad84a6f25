-- The start of every script of the session's wire format, version 1 (docs/session-format.md). Send this file followed by
-- another of this folder as one script. In each of them:
--
--   KEYS[1]  a key of the bucket that the script works in, which sends it to the right server of a Cluster
--   ARGV[1]  prefix of every key, such as hf:session:
--   ARGV[2]  bucket, two hexadecimal digits
--
-- From prefix and bucket a script names the other keys of that bucket: all are in one Cluster slot. Time is Redis's own, so
-- servers whose clocks differ agree on expiry.
--
-- A live session has the field `@c`. Only create.lua and login.lua make one; every other script does nothing when it is
-- missing, which is why a late write cannot bring a session back.

local prefix, bucket = ARGV[1], ARGV[2]

local function now()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

-- Checked before the first write: no record is ever left without an expiry by a time that is none.
local function milliseconds(text)
  local ms = tonumber(text)
  if not ms or ms ~= ms or math.abs(ms) > 99999999999999 then error('a time to live must be a number of milliseconds') end
  return math.ceil(ms)
end

local function sessionKey(id) return prefix .. '{' .. bucket .. '}:' .. id end
local function userKey(userId) return prefix .. 'user:{' .. bucket .. '}:' .. userId end
local function expiryKey() return prefix .. 'expiry:{' .. bucket .. '}' end

local function publish(id, publicId, userId, reason, origin)
  redis.call('PUBLISH', prefix .. 'ended',
    cjson.encode({ id = id, bucket = bucket, sessionId = publicId, userId = userId, reason = reason, origin = origin }))
end

-- The session was used, so it lives `ttl` milliseconds more, but never past its absolute end. Returns when it expires.
local function extend(id, at, ttl)
  local key = sessionKey(id)
  if ttl <= 0 then
    redis.call('HSET', key, '@t', at)
    return at
  end
  local fields = redis.call('HMGET', key, '@a', '@u', '@p')
  local expires = at + ttl
  if fields[1] and tonumber(fields[1]) < expires then expires = tonumber(fields[1]) end
  redis.call('HSET', key, '@t', at, '@e', expires)
  redis.call('PEXPIREAT', key, expires)
  if fields[2] then
    redis.call('ZADD', expiryKey(), expires, id .. ' ' .. fields[3] .. ' ' .. fields[2])
  end
  return expires
end

-- Ends a live session and tells every process. For a minute a tombstone says that it was ended, and why, to requests still
-- under way. PEXPIRE and DEL come first because they are allowed when Redis is out of memory, and after them, in the same
-- script, so is the tombstone. Where PEXPIRE is forbidden, no tombstone is left for ever. Returns whether it was alive.
local function finish(id, reason, origin)
  local key = sessionKey(id)
  local fields = redis.call('HMGET', key, '@c', '@u', '@p')
  if not fields[1] then return false end
  redis.call('PEXPIRE', key, 60000)
  redis.call('DEL', key)
  redis.pcall('HSET', key, '@x', reason)
  redis.call('PEXPIRE', key, 60000)
  if fields[2] then
    redis.call('ZREM', userKey(fields[2]), fields[3] .. ' ' .. id)
    redis.call('ZREM', expiryKey(), id .. ' ' .. fields[3] .. ' ' .. fields[2])
    if reason ~= 'rotated' then publish(id, fields[3], fields[2], reason, origin) end
  end
  return true
end

