/**
 * `node dist/programs/session/lab/sign-in.js '{"url":"redis://…","secret":"…","users":500}'`: logs users in as auth does, but without password
 * hashing, and prints their cookies as one line of JSON.
 */
import { createSessions } from '@holdfast/session';
import { Redis } from 'ioredis';
import { exchange } from '../exchange.js';

const BATCH = 50;

const { url, secret, users } = JSON.parse(process.argv[2] ?? '{}') as { url: string; secret: string; users: number };
const redis = new Redis(url);
const sessions = createSessions({ store: 'redis', secrets: [secret], redis });
const cookies: (string | undefined)[] = [];
for (let n = 0; n < users; n += BATCH) {
  const names = Array.from({ length: Math.min(BATCH, users - n) }, (_, i) => `user-${n + i}`);
  cookies.push(...(await Promise.all(names.map(logIn))));
}
console.log(JSON.stringify(cookies));
await sessions.close();
redis.disconnect();

async function logIn(name: string): Promise<string | undefined> {
  const { cookie } = await exchange(sessions.middleware, undefined, (req) => sessions.login(req, { id: name, name }));
  return cookie;
}
