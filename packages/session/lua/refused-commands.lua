-- Which commands the user of this connection may not run. It changes nothing, so it also runs on a Redis that is read-only or
-- full. Redis 6 cannot be asked: there TIME and PUBLISH are tried, and others fail when used.
--
--   KEYS[1]  any key of the bucket
--   ARGV[1]  prefix
--   ARGV[2]  bucket
--   ARGV[3]  channel on which ended sessions are announced
--   ARGV[4…] commands with arguments, where KEY and CHANNEL stand for one of ours
--
-- Replies those that are refused.

if not redis.acl_check_cmd then
  now()
  redis.call('PUBLISH', ARGV[3] .. ':check', '')
  return {}
end
local names, refused = { KEY = sessionKey('check'), CHANNEL = ARGV[3] }, {}
for n = 4, #ARGV do
  local words = {}
  for word in string.gmatch(ARGV[n], '%S+') do words[#words + 1] = names[word] or word end
  if not redis.acl_check_cmd(unpack(words)) then refused[#refused + 1] = ARGV[n] end
end
return refused
