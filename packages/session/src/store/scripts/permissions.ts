import { script } from '../../redis/script.js';
import { PRELUDE } from './prelude.js';

/** Every command that sessions need, with as many arguments as Redis wants to see before it answers. */
const COMMANDS = [
  ...[
    'HGETALL KEY',
    'HGET KEY f',
    'HMGET KEY f',
    'HSET KEY f v',
    'HSETNX KEY f v',
    'HDEL KEY f',
    'HEXISTS KEY f',
    'HKEYS KEY',
  ],
  ...[
    'HINCRBY KEY f 1',
    'EXISTS KEY',
    'DEL KEY',
    'SET KEY v',
    'RENAME KEY KEY',
    'PERSIST KEY',
    'PTTL KEY',
    'PEXPIRE KEY 1',
  ],
  ...['PEXPIREAT KEY 1', 'ZADD KEY 1 m', 'ZREM KEY m', 'ZRANGE KEY 0 -1', 'ZRANGEBYSCORE KEY 0 1', 'SCAN 0', 'TIME'],
  ...['EVAL s 0', 'EVALSHA s 0', 'PUBLISH CHANNEL v', 'SUBSCRIBE CHANNEL'],
];
const COMMANDS_OF_NEAR_CACHE = ['CLIENT ID', 'CLIENT TRACKING ON', 'PING', 'SUBSCRIBE __redis__:invalidate'];

/**
 * Which commands the user of this connection may not run. ARGV: prefix, bucket, channel, then commands. It changes nothing, so it also
 * runs on a Redis that is read-only or full. Redis 6 cannot be asked: there TIME and PUBLISH are tried, and others fail when used.
 */
export const REFUSED_COMMANDS = script(
  PRELUDE,
  `
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
`,
);

export function commandsToCheck(ofNearCache: boolean): readonly string[] {
  return ofNearCache ? [...COMMANDS, ...COMMANDS_OF_NEAR_CACHE] : COMMANDS;
}

/** Its name as an operator grants it. */
export function nameOfCommand(command: string): string {
  return /^CLIENT \w+|^\w+/.exec(command)?.[0] ?? command;
}
