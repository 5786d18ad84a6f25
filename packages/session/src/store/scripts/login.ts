import { script } from '../../redis/script.js';
import { EXTEND, FINISH, PRELUDE } from './prelude.js';

/**
 * A user's new session, with index, cap and expiry in one step, so that parallel logins cannot exceed the cap.
 * ARGV: prefix, bucket, id, ttlMs, absoluteMs, version, cap (0: none), 'refuse' or 'expire-oldest', user id, public id,
 * User-Agent, origin, id of the session it replaces if in this bucket or '', then fields and texts.
 * Replies 0 when refused, else 1. The first write is the new session: when Redis is read-only or out of memory that one
 * fails, and nothing has been changed.
 */
export const LOGIN = script(
  PRELUDE,
  EXTEND,
  FINISH,
  `
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
redis.call('HSET', key, '@c', at, '@a', at + absolute, '@v', version, '@r', 1, '@u', userId, '@p', publicId)
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
`,
);

/**
 * A new sid for the same session. ARGV: prefix, bucket, old id, new id, ttlMs. Replies 0 when the old one is not alive.
 */
export const ROTATE = script(
  PRELUDE,
  EXTEND,
  `
local old, new, ttl = ARGV[3], ARGV[4], milliseconds(ARGV[5])
local from, to = sessionKey(old), sessionKey(new)
local fields = redis.call('HMGET', from, '@c', '@u', '@p')
if not fields[1] then return 0 end
redis.call('RENAME', from, to)
redis.pcall('HSET', from, '@x', 'rotated')
redis.call('PEXPIRE', from, 60000)
if fields[2] then
  redis.call('ZREM', userKey(fields[2]), fields[3] .. ' ' .. old)
  redis.call('ZADD', userKey(fields[2]), fields[1], fields[3] .. ' ' .. new)
  redis.call('ZREM', expiryKey(), old .. ' ' .. fields[3] .. ' ' .. fields[2])
end
extend(new, now(), ttl)
return 1
`,
);
