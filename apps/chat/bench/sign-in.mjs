import { once } from 'node:events';
import { createServer } from 'node:http';
import { createSessions } from '@holdfast/session';

export const secret = 'a-secret-only-for-the-benchmark';

/**
 * Cookies of `count` users, as auth makes them.
 * @param {import('ioredis').Redis} redis
 * @param {number} count
 */
export async function signIn(redis, count) {
  const sessions = createSessions({ store: 'cached', secrets: [secret], redis });
  const server = createServer((req, res) => {
    const name = (req.url ?? '').slice(1);
    sessions.middleware(/** @type {any} */ (req), /** @type {any} */ (res), () => {
      sessions.login(/** @type {any} */ (req), { id: name, name }).then(
        () => res.end(),
        () => res.writeHead(503).end(),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  /** @type {string[]} */
  const cookies = [];
  for (let n = 0; n < count; n += 50) {
    const some = Array.from({ length: Math.min(50, count - n) }, (_, i) => `user-${n + i}`);
    cookies.push(...(await Promise.all(some.map((name) => cookieOf(`http://127.0.0.1:${port}/${name}`)))));
  }
  server.closeAllConnections();
  server.close();
  await sessions.close();
  return cookies;
}

async function cookieOf(/** @type {string} */ url) {
  const answer = await fetch(url);
  await answer.arrayBuffer();
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
  if (cookie === undefined) throw new Error(`signing in answered ${answer.status} without a cookie`);
  return cookie;
}
