import { setTimeout as delay } from 'node:timers/promises';
import { createProxy } from '@holdfast/proxy';
import { io } from 'socket.io-client';

/** Nothing came for so long: what is still missing will not come. */
const QUIET_MS = 500;

/** By name: the transports that a client uses, in this order. The last is what a client does that nobody told anything. */
const TRANSPORTS = {
  polling: ['polling'],
  websocket: ['websocket'],
  'polling, then websocket': ['polling', 'websocket'],
};
export const TRANSPORT_NAMES = Object.keys(TRANSPORTS);

/** One routing and one transport: who connects, how often a server answers "Session ID unknown", and which messages arrive. */
export async function countArm({ destinations, routing, transport, users }) {
  const proxy = createProxy({
    listen: { port: 0 },
    ...(routing === 'cookie' && { affinitySecrets: ['only for this run, and long enough'] }),
    upstreams: {
      chat: {
        policy: 'round-robin',
        ...(routing === 'cookie' && { affinity: { cookie: 'chat_server' } }),
        destinations,
      },
    },
    routes: [{ path: '/', upstream: 'chat' }],
  });
  const { port } = await proxy.listen();
  const clients = [];
  try {
    let unknown = 0;
    // One user after the other, as they come to a page.
    for (let n = 0; n < users; n++) {
      const client = await connect(`http://127.0.0.1:${port}`, transport);
      if (client.refusal?.includes('Session ID unknown')) unknown++;
      else if (client.refusal !== undefined) throw new Error(`a client could not connect: ${client.refusal}`);
      clients.push(client.socket);
    }
    const connected = clients.filter((client) => client.connected);
    let delivered = 0;
    for (const client of connected) client.on('said', () => delivered++);
    for (const [n, client] of connected.entries()) client.emit('say', `message ${n}`);
    const due = connected.length ** 2;
    await untilQuiet(() => delivered, due);
    return { connected: connected.length, of: users, unknown, delivered, due };
  } finally {
    for (const client of clients) client.disconnect();
    await proxy.close({ graceMs: 0 });
  }
}

/** A real client that tries once. `refusal` is the answer that ended its try. */
function connect(url, transport) {
  // Node's client keeps cookies only when told to; a browser does on its own.
  const socket = io(url, {
    transports: TRANSPORTS[transport],
    withCredentials: true,
    reconnection: false,
    forceNew: true,
  });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve({ socket }));
    socket.once('connect_error', (error) =>
      resolve({ socket, refusal: error.context?.responseText || error.description?.message || error.message }),
    );
  });
}

/** Resolves when the count has reached `due`, or has not changed for a while. */
async function untilQuiet(count, due) {
  let last = count();
  let changedAt = performance.now();
  while (last < due && performance.now() - changedAt < QUIET_MS) {
    await delay(10);
    if (count() === last) continue;
    last = count();
    changedAt = performance.now();
  }
}
