/** What the clients of the soak do: requests whose bodies are checked, aborts, resets, tunnels. */
import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { bytesOf } from './soak-bytes.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs `clients` of them against `port` until `endsAt`; `counts` is kept up to date meanwhile. */
export async function runClients({ port, clients, endsAt, counts }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  let seed = 1;

  function ask(method, path, body, abortAfter = Number.POSITIVE_INFINITY) {
    return new Promise((resolve) => {
      const outgoing = request({ port, host: '127.0.0.1', agent, method, path }, (answer) => {
        const parts = [];
        let received = 0;
        if (Math.random() < 0.02) {
          answer.pause();
          setTimeout(() => answer.resume(), 100);
        }
        answer.on('data', (part) => {
          parts.push(part);
          received += part.length;
          if (received > abortAfter) outgoing.destroy();
        });
        answer.on('end', () => resolve({ status: answer.statusCode, body: Buffer.concat(parts) }));
        answer.on('error', () => resolve(null));
      });
      outgoing.on('error', () => resolve(null));
      outgoing.on('close', () => resolve(null));
      if (abortAfter === 0) setTimeout(() => outgoing.destroy(), Math.random() * 5);
      outgoing.end(body);
    });
  }

  async function get() {
    const own = seed++;
    const length = Math.floor(Math.random() ** 4 * 500_000);
    const answer = await ask('GET', `/${own}/${length}`);
    if (answer?.status !== 200) return void counts.failed++;
    counts.checked++;
    if (!answer.body.equals(bytesOf(own, length))) counts.wrong++;
  }

  async function post() {
    const body = bytesOf(seed++, Math.floor(Math.random() ** 4 * 500_000));
    const answer = await ask('POST', '/post', body);
    if (answer?.status !== 200) return void counts.failed++;
    counts.checked++;
    if (answer.body.toString() !== createHash('sha256').update(body).digest('hex')) counts.wrong++;
  }

  async function abort() {
    counts.aborted++;
    const large = Math.random() < 0.5;
    await ask('GET', `/${seed++}/${large ? 400_000 : 100}`, undefined, large ? 60_000 : 0);
  }

  async function reset() {
    counts.aborted++;
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write(
      Math.random() < 0.5
        ? 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx'
        : 'GET /2/200000 HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    await pause(Math.random() * 10);
    socket.resetAndDestroy();
  }

  async function tunnel() {
    counts.tunnels++;
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write('GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await pause(Math.random() * 20);
    if (Math.random() < 0.5) socket.destroy();
    else socket.resetAndDestroy();
  }

  async function client() {
    while (Date.now() < endsAt) {
      const draw = Math.random();
      await (draw < 0.6 ? get() : draw < 0.85 ? post() : draw < 0.93 ? abort() : draw < 0.97 ? reset() : tunnel());
    }
  }

  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
}
