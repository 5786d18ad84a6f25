import { type ServerPlace, type ServerProcess, startServerProcess } from '../server/server-process.js';
import { askRedis } from './ask-redis.js';

/** How to run a Redis of our own. */
export interface RedisServerOptions extends ServerPlace {
  /** Path of redis-server or valkey-server. */
  readonly binary: string;
  /** More command-line arguments, e.g. `['--maxmemory', '10mb']`. */
  readonly args?: readonly string[];
  /** A file of settings that Redis may write to; those above win. Default: none. */
  readonly configFile?: string;
}

/** A Redis of ours. `kill` may lose the last second of acknowledged writes (AOF everysec). */
export interface RedisServer extends ServerProcess {
  readonly url: string;
}

/** Starts Redis on 127.0.0.1 with its append-only file on; resolves once it answers. Throws with its last log lines. */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  const server = await startServerProcess(
    {
      name: 'Redis',
      binary: options.binary,
      arguments: (port) => redisArguments(port, options),
      ask: (port) => askRedis(port, '127.0.0.1', 500),
    },
    options,
  );
  return Object.assign(server, { url: `redis://127.0.0.1:${server.port}` });
}

function redisArguments(port: number, options: RedisServerOptions): string[] {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: options.dir,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    daemonize: 'no',
  };
  const file = options.configFile === undefined ? [] : [options.configFile];
  return [
    ...file,
    ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    ...(options.args ?? []),
  ];
}
