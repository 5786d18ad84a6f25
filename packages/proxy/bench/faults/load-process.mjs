/**
 * Clients that keep a connection each and record every request: when, what, which user, which destination, how it
 * ended. Closed loop (`clients`, `thinkMs`) or open loop (`perSecond`: requests come whether or not earlier ones were
 * answered). Like any HTTP client it repeats a GET once whose kept connection was closed before a byte came.
 */
import { connect } from 'node:net';

let stop = async () => {};
process.on('message', async ({ start, end }) => {
  if (start) stop = begin(start);
  if (end) process.send(await stop());
});

function begin({
  port,
  clients = 16,
  thinkMs = 4,
  postShare = 0.25,
  users = 0,
  hotShare = 0,
  timeoutMs = 10_000,
  perSecond = 0,
}) {
  const records = { startedAt: [], endedAt: [], post: [], status: [], instance: [], user: [], request: [] };
  const instances = [];
  const cookies = new Map();
  let running = true;
  let count = 0;
  const now = () => performance.timeOrigin + performance.now();

  async function once(channel) {
    const post = Math.random() < postShare;
    const user = users === 0 ? -1 : Math.random() < hotShare ? 0 : Math.floor(Math.random() * users);
    const name = `${process.pid}-${count++}`;
    const cookie = cookies.get(user);
    const text = `${post ? 'POST' : 'GET'} /work HTTP/1.1\r\nHost: bench.localhost\r\nX-Request: ${name}\r\nX-User: u-${user}\r\n${
      cookie ? `Cookie: ${cookie}\r\n` : ''
    }${post ? 'Content-Length: 4\r\n\r\nbody' : '\r\n'}`;
    const startedAt = now();
    let answer = await channel.ask(text, timeoutMs);
    if (answer.stale && !post) answer = await channel.ask(text, timeoutMs);
    if (users > 0 && answer.cookie) cookies.set(user, answer.cookie);
    let instance = -1;
    if (answer.instance) {
      instance = instances.indexOf(answer.instance);
      if (instance < 0) instance = instances.push(answer.instance) - 1;
    }
    records.startedAt.push(startedAt);
    records.endedAt.push(now());
    records.post.push(post);
    records.status.push(answer.status);
    records.instance.push(instance);
    records.user.push(user);
    records.request.push(post && answer.status !== 200 ? name : '');
    return answer.status;
  }

  const closed = async () => {
    const channel = new Channel(port);
    while (running) {
      const status = await once(channel);
      // A refused client does not hammer: it comes back a little later, as browsers do.
      const restMs = thinkMs * (0.5 + Math.random()) + (status <= 0 ? 10 : 0);
      if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
    }
    channel.close();
  };
  const open = async () => {
    const resting = [];
    const underWay = new Set();
    const startedAt = performance.now();
    for (let sent = 0; running; ) {
      const due = ((performance.now() - startedAt) / 1000) * perSecond;
      for (; sent < due; sent++) {
        const channel = resting.pop() ?? new Channel(port);
        const done = once(channel).then(() => {
          resting.push(channel);
          underWay.delete(done);
        });
        underWay.add(done);
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await Promise.all(underWay);
    for (const channel of resting) channel.close();
  };
  const done = perSecond > 0 ? open() : Promise.all(Array.from({ length: clients }, closed));
  return async () => {
    running = false;
    await done;
    return { records, instances };
  };
}

/** One connection, opened when needed. `ask` never rejects: status 0 is no answer, -1 nobody there, `stale` a kept connection that was gone. */
class Channel {
  constructor(port) {
    this.port = port;
    this.socket = null;
  }

  ask(text, timeoutMs) {
    const reused = this.socket !== null;
    this.socket ??= connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    const { socket } = this;
    return new Promise((resolve) => {
      let head = null;
      let received = 0;
      let expected = 0;
      let text_ = '';
      const settle = (answer, keep) => {
        clearTimeout(timer);
        socket.removeAllListeners('data').removeAllListeners('close').removeAllListeners('error');
        socket.on('error', () => {});
        if (!keep) {
          socket.destroy();
          this.socket = null;
        } else {
          socket.once('close', () => {
            if (this.socket === socket) this.socket = null;
          });
        }
        resolve(answer);
      };
      const timer = setTimeout(() => settle({ status: 0 }, false), timeoutMs);
      socket.removeAllListeners('close').removeAllListeners('error');
      let refused = false;
      socket.on('error', (error) => {
        refused = error.code === 'ECONNREFUSED';
      });
      socket.on('close', () => settle({ status: refused ? -1 : 0, stale: reused && text_ === '' }, false));
      socket.on('data', (chunk) => {
        received += chunk.length;
        if (head === null) {
          text_ += chunk.latin1Slice();
          const end = text_.indexOf('\r\n\r\n');
          if (end < 0) return;
          head = {
            status: Number(text_.slice(9, 12)),
            instance: /^x-instance: (.*)$/im.exec(text_)?.[1]?.trim(),
            cookie: /^set-cookie: (aff=[^;\r]*)/im.exec(text_)?.[1],
            retryAfter: /^retry-after:/im.test(text_.slice(0, end)),
          };
          expected = end + 4 + Number(/^content-length: (\d+)/im.exec(text_)?.[1] ?? 0);
        }
        if (received >= expected) settle(head, !/^connection: close/im.test(text_));
      });
      socket.write(text);
    });
  }

  close() {
    this.socket?.destroy();
  }
}
