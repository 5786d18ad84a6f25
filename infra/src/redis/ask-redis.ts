import { connect } from 'node:net';

/** The answer of a server on that port about itself. */
export interface RedisIdentity {
  readonly pid: number;
  readonly version: string;
  /** False while it still reads its data from disk. */
  readonly loaded: boolean;
}

/** Asks the server at host:port for its identity; undefined if no Redis answers within the time. */
export function askRedis(port: number, host = '127.0.0.1', timeoutMs = 1000): Promise<RedisIdentity | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    let answer = '';
    const finish = (identity?: RedisIdentity) => {
      socket.destroy();
      resolve(identity);
    };
    socket.setTimeout(timeoutMs, () => finish());
    socket.once('error', () => finish());
    socket.once('close', () => finish());
    socket.once('connect', () => socket.write('INFO server\r\nPING\r\n'));
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      answer += text;
      if (/^(\+PONG|-\w+ .*)\r\n$/m.test(answer.slice(-200))) finish(readIdentity(answer));
    });
  });
}

function readIdentity(answer: string): RedisIdentity | undefined {
  const pid = /^process_id:(\d+)/m.exec(answer)?.[1];
  const version = /^(?:valkey|redis)_version:(\S+)/m.exec(answer)?.[1];
  if (pid === undefined || version === undefined) return undefined;
  return { pid: Number(pid), version: version, loaded: answer.endsWith('+PONG\r\n') };
}
