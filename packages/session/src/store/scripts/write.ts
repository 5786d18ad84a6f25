import { script } from '../../redis/script.js';
import { EXTEND, PRELUDE } from './prelude.js';

/**
 * Changes attributes of a live session. ARGV: prefix, bucket, id, ttlMs, version, expected revision or '', number of
 * fields set, then those fields and texts, then the fields removed. Replies 0 when the session is not alive, -1 when the
 * revision is another, else the new revision.
 */
export const WRITE = script(
  PRELUDE,
  EXTEND,
  `
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
`,
);

/**
 * Creates or replaces a session without an owner. ARGV: prefix, bucket, id, ttlMs, absoluteMs, version, then fields and
 * texts. Replies 0, and creates nothing, when the session was ended within the last minute.
 */
export const CREATE = script(
  PRELUDE,
  EXTEND,
  `
local id, ttl, absolute, version = ARGV[3], milliseconds(ARGV[4]), milliseconds(ARGV[5]), ARGV[6]
local key = sessionKey(id)
if redis.call('HEXISTS', key, '@x') == 1 then return 0 end
local at = now()
local stale = {}
for _, field in ipairs(redis.call('HKEYS', key)) do stale[field] = string.sub(field, 1, 1) == '=' end
redis.call('HSETNX', key, '@c', at)
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
`,
);

/**
 * A use of a live session. ARGV: prefix, bucket, id, ttlMs, then for a store of express-session the cookie's text before and now, since
 * the cookie has the expiry too. When another request has changed the cookie meanwhile, it stays, and the expiry only moves on. Replies when it expires, or 0 when it is not alive.
 */
export const TOUCH = script(
  PRELUDE,
  EXTEND,
  `
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
`,
);
