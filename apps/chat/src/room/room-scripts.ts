import { outboxLua } from '@holdfast/events';

/**
 * Every script first checks whether Redis is still the process that wrote last. In a restart or failover Redis may lose its
 * newest writes (those of a second with the usual append-only file) and would assign their offsets again. So the room continues
 * in a new epoch and records where the old one ended. A reader of the old epoch who has seen nothing beyond that point recovers
 * exactly; a reader who has seen more gets `recovered: false`.
 *
 * A caller that does not know which process will run the script, as on a Cluster, passes '' as the run id.
 */
const CURRENT_POSITION = `
local function position(state, log, run, fresh)
  if run == '' then run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') end
  local known = redis.call('HMGET', state, 'epoch', 'offset', 'run')
  local epoch, offset = known[1], tonumber(known[2] or 0)
  if epoch and known[3] == run then return epoch, offset end
  if epoch then
    redis.call('HSET', state, 'epoch', fresh, 'run', run, 'before', epoch, 'fork', offset)
  else
    redis.call('DEL', log)
    redis.call('HSET', state, 'epoch', fresh, 'run', run, 'offset', 0)
  end
  return fresh, offset
end
local function keep(ms)
  redis.call('PEXPIRE', KEYS[1], ms)
  redis.call('PEXPIRE', KEYS[2], ms)
end
`;

/** The command that publishes to a room's channel. */
export type Publish = 'PUBLISH' | 'SPUBLISH';

/**
 * KEYS: state (hash: epoch, offset, run, before, fork), log (stream), sent (string, one per user and client id), outbox.
 * ARGV: run id of Redis, a fresh epoch, milliseconds a silent room is kept, channel, history length, id, from, text, ISO
 * time, dedupe seconds, event or ''. Returns the offset. The stream's ids are `<offset>-0`, so that a range by offset is a range by id.
 */
export const appendScript = (publish: Publish) => `${CURRENT_POSITION}
local known = redis.call('GET', KEYS[3])
if known then return tonumber(known) end
local epoch = position(KEYS[1], KEYS[2], ARGV[1], ARGV[2])
local offset = redis.call('HINCRBY', KEYS[1], 'offset', 1)
redis.call('XADD', KEYS[2], 'MAXLEN', '=', ARGV[5], offset .. '-0', 'id', ARGV[6], 'from', ARGV[7], 'text', ARGV[8], 'at', ARGV[9])
redis.call('SET', KEYS[3], offset, 'EX', ARGV[10])
keep(ARGV[3])
if ARGV[11] ~= '' then ${outboxLua('KEYS[4]', 'ARGV[11]')} end
redis.call('${publish}', ARGV[4], cjson.encode({
  kind = 'message', epoch = epoch,
  message = { offset = offset, id = ARGV[6], from = ARGV[7], text = ARGV[8], at = ARGV[9] }
}))
return offset
`;

/**
 * KEYS: state, log. ARGV: run id of Redis, a fresh epoch, milliseconds a silent room is kept, the reader's position: epoch (''
 * for none) and offset; most entries without a usable position; most entries with one. Returns epoch, newest offset, how the
 * entries follow the position, the entries, and the oldest offset that is kept. `1`: they are all entries after it. `2`: they are
 * the newest entries after it, and the log keeps all of those. `0`: some of those are gone, or the position is unknown.
 */
export const replayScript = `${CURRENT_POSITION}
local epoch, offset = position(KEYS[1], KEYS[2], ARGV[1], ARGV[2])
keep(ARGV[3])
local seen = tonumber(ARGV[5])
local old = redis.call('HMGET', KEYS[1], 'before', 'fork')
local follows = (ARGV[4] == epoch and seen <= offset)
  or (ARGV[4] ~= '' and ARGV[4] == old[1] and seen <= tonumber(old[2]))
if follows and seen == offset then return { epoch, offset, 1, {}, math.min(offset, 1) } end
local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
local oldest = first and tonumber(string.match(first[1], '^%d+')) or 0
-- The cap may have dropped some of what was missed.
follows = follows and oldest > 0 and oldest <= seen + 1
if follows and offset - seen <= tonumber(ARGV[7]) then
  local missed = redis.call('XRANGE', KEYS[2], '(' .. seen .. '-0', '+')
  if #missed == offset - seen then return { epoch, offset, 1, missed, oldest } end
  follows = false
end
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', ARGV[6])
local entries = {}
for i = #newest, 1, -1 do entries[#entries + 1] = newest[i] end
return { epoch, offset, follows and 2 or 0, entries, oldest }
`;

/**
 * KEYS: state, log. ARGV: run id of Redis, a fresh epoch, milliseconds a silent room is kept, `XRANGE` or `XREVRANGE`, where to
 * begin, where to end, most entries. Returns the epoch and the entries.
 */
export const pageScript = `${CURRENT_POSITION}
local epoch = position(KEYS[1], KEYS[2], ARGV[1], ARGV[2])
keep(ARGV[3])
return { epoch, redis.call(ARGV[4], KEYS[2], ARGV[5], ARGV[6], 'COUNT', ARGV[7]) }
`;
