/** All members of all rooms, in a process of their own, so that only the cost of servers counts. IPC controls it. */
import { once } from 'node:events';
import { WebSocket } from 'ws';

const mark = 'sent-at:';
const speak = {
  ours: {
    path: '/chat/socket',
    hello: '',
    frame: (/** @type {string} */ type, /** @type {object} */ body) => JSON.stringify({ type, ...body }),
    joined: '"type":"joined"',
  },
  'socket.io': {
    path: '/socket.io/?EIO=4&transport=websocket',
    hello: '40',
    frame: (/** @type {string} */ type, /** @type {object} */ body) => `42${JSON.stringify([type, body])}`,
    joined: '["joined"',
  },
};

/** @type {WebSocket[][]} */
let rooms = [];
/** @type {number[]} */
let latencies = [];
let [delivered, isCounting] = [0, false];

/** @param {{ kind: keyof typeof speak, urls: string[], cookies: string[], roomCount: number, members: number }} plan */
async function connect({ kind, urls, cookies, roomCount, members }) {
  const language = speak[kind];
  rooms = Array.from({ length: roomCount }, () => []);
  const wanted = Array.from({ length: roomCount * members }, (_, n) => n);
  const queue = wanted.values();
  const open = async () => {
    for (const n of queue) {
      const url = urls[n % urls.length] ?? '';
      const socket = new WebSocket(`${url.replace('http', 'ws')}${language.path}`, {
        headers: { cookie: cookies[n % cookies.length] ?? '' },
        origin: url,
        skipUTF8Validation: true,
        perMessageDeflate: false,
      });
      await once(socket, 'open');
      const room = `room-${n % roomCount}`;
      await new Promise((resolve) => {
        socket.on('message', (data) => receive(socket, /** @type {Buffer} */ (data), language, room, resolve));
        if (language.hello !== '') socket.send(language.hello);
        else socket.send(language.frame('join', { room }));
      });
      rooms[n % roomCount]?.push(socket);
    }
  };
  await Promise.all(Array.from({ length: 32 }, open));
}

function receive(
  /** @type {WebSocket} */ socket,
  /** @type {Buffer} */ data,
  /** @type {(typeof speak)['ours']} */ language,
  /** @type {string} */ room,
  /** @type {(value?: unknown) => void} */ joined,
) {
  const at = data.indexOf(mark);
  if (at !== -1) {
    delivered++;
    if (!isCounting) return;
    latencies.push(performance.now() - Number.parseFloat(data.toString('latin1', at + mark.length, at + 32)));
    return;
  }
  const text = data.toString();
  if (text === '2') socket.send('3');
  else if (text.startsWith('40')) socket.send(language.frame('join', { room }));
  else if (text.includes(language.joined)) joined();
}

/**
 * Says `perSecond` messages a second, each room in turn; or, with `underWay`, keeps that many messages undelivered at all times.
 * @param {{ kind: keyof typeof speak, perSecond?: number, underWay?: number, seconds: number }} plan
 */
async function talk({ kind, perSecond, underWay, seconds }) {
  const startedAt = performance.now();
  const deliveredBefore = delivered;
  const members = rooms[0]?.length ?? 0;
  let said = 0;
  while (performance.now() - startedAt < seconds * 1_000) {
    const due =
      underWay === undefined
        ? Math.floor(((performance.now() - startedAt) / 1_000) * (perSecond ?? 0))
        : underWay + Math.floor((delivered - deliveredBefore) / members);
    for (; said < due; said++) {
      const at = said % rooms.length;
      const room = rooms[at] ?? [];
      const text = `${mark}${performance.now().toFixed(3)} ${'x'.repeat(60)}`;
      const body = { room: `room-${at}`, text, clientId: `c-${startedAt}-${said}` };
      room[Math.floor(said / rooms.length) % room.length]?.send(speak[kind].frame('send', body));
    }
    await new Promise((resolve) => setTimeout(resolve, underWay === undefined ? 2 : 0));
  }
  return said;
}

process.on('message', async (/** @type {any} */ { ask, plan }) => {
  if (ask === 'connect') await connect(plan);
  if (ask === 'count') [isCounting, delivered, latencies] = [true, 0, []];
  const said = ask === 'talk' ? await talk(plan) : 0;
  const sorted = ask === 'tell' ? Float64Array.from(latencies).sort() : [];
  const at = (/** @type {number} */ ratio) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * ratio))];
  process.send?.({ said, delivered, p50Ms: at(0.5), p99Ms: at(0.99) });
});
process.once('disconnect', () => process.exit(0));
