import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { serversOf } from './redis-address.js';

/**
 * The reason why the Redis at this address cannot be used, in one sentence without the password; undefined when it answers. It
 * signs in and chooses the database like every client of the address. Of Sentinels or a Cluster one server that answers is enough.
 */
export async function givenRedisProblem(text: string, timeoutMs = 3000): Promise<string | undefined> {
  const problems = await Promise.all(serversOf(text).map((url) => problemOf(url, timeoutMs)));
  return problems.includes(undefined) ? undefined : problems[0];
}

async function problemOf(url: URL, timeoutMs: number): Promise<string | undefined> {
  const answer = await converse(url, timeoutMs);
  const where = `REDIS_URL names ${url.host}`;
  if ('silent' in answer) {
    return `${where}, and no Redis answers there (${answer.silent}): start it, or unset REDIS_URL to get a private one.`;
  }
  const refusal = answer.lines.find((line) => line.startsWith('-')) ?? '';
  // A server that still loads its data refuses now, but will serve.
  if (refusal === '' || refusal.startsWith('-LOADING')) return undefined;
  if (/without any password configured|no password is set/.test(refusal)) {
    return `${where}, and REDIS_URL holds a password that this Redis does not have: remove the password, or correct the address.`;
  }
  if (/^-(WRONGPASS|ERR invalid password)/.test(refusal)) {
    return `${where}, and that Redis refuses the password (or the user name) in REDIS_URL: correct the password.`;
  }
  if (refusal.startsWith('-NOAUTH')) {
    return `${where}, and that Redis requires a password: set REDIS_URL=redis://:<password>@${url.host}`;
  }
  return `${where}, and that Redis refuses to serve: ${refusal.slice(1)}`;
}

type Answer = { readonly lines: readonly string[] } | { readonly silent: string };

function converse(url: URL, timeoutMs: number): Promise<Answer> {
  const commands = commandsFor(url);
  return new Promise((resolve) => {
    const socket = open(url);
    let text = '';
    const finish = (answer: Answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => finish({ silent: `nothing within ${timeoutMs / 1000} s` }));
    socket.once('error', (error: NodeJS.ErrnoException) => finish({ silent: error.code ?? error.message }));
    socket.once('close', () => finish({ silent: 'it closed the connection' }));
    socket.once(url.protocol === 'rediss:' ? 'secureConnect' : 'connect', () =>
      socket.write(commands.map(encode).join('')),
    );
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const lines = text.split('\r\n').slice(0, -1);
      if (lines.some((line) => !/^[-+]/.test(line))) return finish({ silent: 'the server there is not Redis' });
      if (lines.length >= commands.length || lines.some((line) => line.startsWith('-'))) finish({ lines });
    });
  });
}

function open(url: URL): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const target = { host, port: Number(url.port || 6379) };
  return url.protocol === 'rediss:' ? connectTls({ ...target, servername: host }) : connectTcp(target);
}

function commandsFor(url: URL): readonly (readonly string[])[] {
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  const database = url.pathname.slice(1);
  return [
    ...(password === '' ? [] : [user === '' ? ['AUTH', password] : ['AUTH', user, password]]),
    ...(database === '' ? [] : [['SELECT', database]]),
    ['PING'],
  ];
}

function encode(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
