/**
 * Shared by the scripts below. `KEYS[1]` is always a key of the bucket the script works in and `ARGV[1]`, `ARGV[2]` are
 * the prefix and the bucket, from which it names the other keys of that bucket (see Keyspace): all in one Cluster slot.
 * Time is Redis's own, so servers whose clocks differ agree on expiry.
 *
 * A live session has the field `@c`. Nothing here creates one but `create` and `login`; everything else does nothing
 * when it is missing, which is why a late write cannot bring a session back.
 */
export const PRELUDE = `
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
`;

/** `extend(id, now, ttlMs)`: the session was used, so it lives `ttlMs` more, but never past its absolute end. */
export const EXTEND = `
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
`;

/**
 * `finish(id, reason, origin)`: ends a live session and tells every process. For a minute a tombstone says that it was
 * ended, and why, to requests still under way. DEL comes first because it is allowed when Redis is out of memory, and
 * after it, in the same script, so is the tombstone.
 */
export const FINISH = `
local function finish(id, reason, origin)
  local key = sessionKey(id)
  local fields = redis.call('HMGET', key, '@c', '@u', '@p')
  if not fields[1] then return false end
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
`;
