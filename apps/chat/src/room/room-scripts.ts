/**
 * KEYS: state (hash: epoch, offset), log (stream), sent (string, one per user and client id).
 * ARGV: a fresh epoch, channel, history length, id, from, text, ISO time, dedupe seconds.
 * Returns the offset. The stream's ids are `<offset>-0`, so that a range by offset is a range by id.
 */
export const appendScript = `
local known = redis.call('GET', KEYS[3])
if known then return tonumber(known) end
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then
  epoch = ARGV[1]
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'offset', 0)
end
local offset = redis.call('HINCRBY', KEYS[1], 'offset', 1)
redis.call('XADD', KEYS[2], 'MAXLEN', '=', ARGV[3], offset .. '-0', 'id', ARGV[4], 'from', ARGV[5], 'text', ARGV[6], 'at', ARGV[7])
redis.call('SET', KEYS[3], offset, 'EX', ARGV[8])
redis.call('PUBLISH', ARGV[2], cjson.encode({
  kind = 'message', epoch = epoch,
  message = { offset = offset, id = ARGV[4], from = ARGV[5], text = ARGV[6], at = ARGV[7] }
}))
return offset
`;

/**
 * KEYS: state, log. ARGV: a fresh epoch, and what the reader has seen: epoch ('' for nothing) and offset.
 * Returns epoch, newest offset, and the stream's entries.
 *
 * A reader who has seen more than there is proves that Redis lost the newest messages (a crash within the second that
 * the append-only file allows). Their offsets will be given out again, so the log starts a new epoch: nobody can then
 * mistake a new message for one already seen.
 */
export const replayScript = `
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then
  epoch = ARGV[1]
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'offset', 0)
end
local offset = tonumber(redis.call('HGET', KEYS[1], 'offset'))
local seen = tonumber(ARGV[3])
if ARGV[2] == epoch and seen > offset then
  epoch = ARGV[1]
  redis.call('HSET', KEYS[1], 'epoch', epoch)
end
local start = '-'
if ARGV[2] == epoch then start = '(' .. seen .. '-0' end
local entries = redis.call('XRANGE', KEYS[2], start, '+')
return { epoch, offset, entries }
`;
