import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startRedis } from '@holdfast/testing';
import { expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { everythingIn, newName, Person, startAuth } from './support.js';

const password = 'correct horse battery';

test('puts no sid and no password into logs or Redis', async () => {
  const redis = await startRedis();
  const client = new Redis(redis.url);
  const child = spawn(process.execPath, [fileURLToPath(new URL('../dist/main.js', import.meta.url))], {
    env: {
      PATH: process.env.PATH,
      REDIS_URL: redis.url,
      PORT: '0',
      LOG_LEVEL: 'trace',
      SESSION_SECRETS: 'a-secret-of-enough-length',
      SHUTDOWN_DRAIN_MS: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  try {
    let log = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        log += text;
      });
    }
    const closed = once(child, 'close');
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    const url = `http://127.0.0.1:${port}`;
    const person = new Person();
    await person.send('POST', `${url}/auth/register`, { username: newName(), password });
    await person.send('GET', `${url}/auth/me`);
    await person.send('POST', `${url}/auth/login`, { username: 'nobody', password });
    const cookies = [person.cookie];
    await person.send('POST', `${url}/auth/password`, { current: password, next: 'another good password' });
    cookies.push(person.cookie);
    const stored = JSON.stringify(await everythingIn(client));
    child.kill('SIGTERM');
    await closed;

    expect(log).toContain('/auth/me');
    expect(stored).toContain('passwordHash');
    for (const cookie of cookies) {
      const value = decodeURIComponent(cookie.split('=')[1] ?? '');
      const sid = value.replace(/^s:/, '').split('.')[0] ?? '';
      expect(sid.length).toBeGreaterThan(20);
      for (const secret of [sid, password, 'another good password', 'a-secret-of-enough-length']) {
        expect(log).not.toContain(secret);
        expect(stored).not.toContain(secret);
      }
    }
  } finally {
    child.kill('SIGKILL');
    client.disconnect();
    await redis.stop();
  }
}, 20_000);

test('never keeps more sessions of a user than the cap, with any number of parallel logins', async () => {
  const redis = await startRedis();
  const services = await Promise.all([1, 2].map(() => startAuth(redis.url, { MAX_SESSIONS_PER_USER: '3' })));
  try {
    const [first] = services;
    if (first === undefined) throw new Error('two services');
    const username = newName();
    await new Person().send('POST', `${first.url}/auth/register`, { username, password });
    const people = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        const person = new Person();
        const url = services[i % 2]?.url ?? '';
        expect((await person.send('POST', `${url}/auth/login`, { username, password })).status).toBe(200);
        return person;
      }),
    );
    const alive = await Promise.all(people.map((person) => person.send('GET', `${first.url}/auth/me`)));
    expect(alive.filter(({ status }) => status === 200)).toHaveLength(3);
  } finally {
    await Promise.all(services.map((service) => service.close()));
    await redis.stop();
  }
}, 20_000);
