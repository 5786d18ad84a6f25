/** Every command that sessions need, with enough arguments for Redis to answer it. */
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

export function commandsToCheck(ofNearCache: boolean): readonly string[] {
  return ofNearCache ? [...COMMANDS, ...COMMANDS_OF_NEAR_CACHE] : COMMANDS;
}

/** The name of a command as an operator grants it. */
export function nameOfCommand(command: string): string {
  return /^CLIENT \w+|^\w+/.exec(command)?.[0] ?? command;
}
