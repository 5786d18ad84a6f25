import { WebSocket } from 'ws';
import { clientAddresses } from '../loads/client-addresses.js';
import { seededRandom } from '../loads/seeded-random.js';
import { inParallel, keepCookies, LoadClient } from '../planner/measure/closed-loop.js';
import type { Counted } from '../results/results.js';

const AT_ONCE = 4;
/** Times that a user asks before the socket. */
const MOST_ASKED = 4;
const SERVED_BY = 'x-served-by';

export interface SocketPlaces {
  /** Sockets that another server opened than the one that answered the user's request before, of sockets opened. */
  readonly elsewhere: Counted;
  /** Sockets that were not opened, of sockets tried. */
  readonly refused: Counted;
}

/** Users who log in, ask the chat service something and then open a socket to it, all through the gateway at this address. */
export async function socketPlaces(url: string, users: number): Promise<SocketPlaces> {
  const client = new LoadClient(url, AT_ONCE);
  const addresses = clientAddresses(users, 1);
  const random = seededRandom(1);
  let [opened, elsewhere] = [0, 0];
  try {
    await inParallel(users, AT_ONCE, async (n) => {
      const headers: Record<string, string> = { 'x-forwarded-for': addresses[n] ?? '' };
      const account = { username: `place-${Date.now().toString(36)}-${n}`, password: 'a long passphrase for places' };
      const { status, headers: registered, body } = await client.send('POST', '/auth/register', headers, account);
      if (status !== 201) throw new Error(`POST /auth/register answered ${status}: ${body}`);
      keepCookies(headers, registered);
      // Users in step would meet the servers in the same order every time.
      let answered = '';
      for (let left = 1 + Math.floor(random() * MOST_ASKED); left > 0; left--) answered = await ask(client, headers);
      const place = await serverOfSocket(new URL(url), headers);
      if (place === undefined) return;
      opened++;
      if (place !== answered) elsewhere++;
    });
    return { elsewhere: { hit: elsewhere, of: opened }, refused: { hit: users - opened, of: users } };
  } finally {
    client.close();
  }
}

/** Asks the chat service something, and resolves with the server that answered: with 401 where it does not know the session. */
async function ask(client: LoadClient, headers: Record<string, string>): Promise<string> {
  const { status, headers: answered, body } = await client.send('GET', '/chat/rooms/lobby/presence', headers);
  if (status !== 200 && status !== 401) throw new Error(`GET /chat/rooms/lobby/presence answered ${status}: ${body}`);
  keepCookies(headers, answered);
  return String(answered[SERVED_BY]);
}

/** The server that opened the socket; undefined when it does not know the session. */
function serverOfSocket({ host, port }: URL, headers: Readonly<Record<string, string>>): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/chat/socket`, {
      headers: { ...headers, host, origin: `http://${host}` },
    });
    socket.on('upgrade', (answer) => {
      resolve(String(answer.headers[SERVED_BY]));
      socket.terminate();
    });
    socket.on('unexpected-response', (_, { statusCode }) => {
      if (statusCode === 401) resolve(undefined);
      else reject(new Error(`GET /chat/socket answered ${statusCode}`));
      socket.terminate();
    });
    socket.on('error', reject);
  });
}
