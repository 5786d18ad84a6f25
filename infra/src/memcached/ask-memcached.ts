import { connect } from 'node:net';

/** The answer of a server on that port about itself. */
export interface MemcachedIdentity {
  readonly pid: number;
  readonly version: string;
}

/** Asks the server at host:port for its identity; undefined if no Memcached answers within the time. */
export function askMemcached(
  port: number,
  host = '127.0.0.1',
  timeoutMs = 1000,
): Promise<MemcachedIdentity | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    let answer = '';
    const finish = (identity?: MemcachedIdentity) => {
      socket.destroy();
      resolve(identity);
    };
    socket.setTimeout(timeoutMs, () => finish());
    socket.once('error', () => finish());
    socket.once('close', () => finish());
    socket.once('connect', () => socket.write('stats\r\n'));
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      answer += text;
      if (/^(END|ERROR|-\w+ .*)\r\n$/m.test(answer.slice(-200))) finish(readIdentity(answer));
    });
  });
}

function readIdentity(answer: string): MemcachedIdentity | undefined {
  const pid = /^STAT pid (\d+)/m.exec(answer)?.[1];
  const version = /^STAT version (\S+)/m.exec(answer)?.[1];
  return pid === undefined || version === undefined ? undefined : { pid: Number(pid), version };
}
