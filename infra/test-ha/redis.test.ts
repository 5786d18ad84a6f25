import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { redisSays, until } from '../test/support/redis-says.js';
import { type RunningSystem, startSystem, steerStore, storesOf } from '../test/support/running-system.js';
import { SignedInUser } from './signed-in-user.js';

let dir: string;
let system: RunningSystem | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-ha-'));
});
afterEach(async () => {
  await system?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test.each([
  ['sentinel', 6],
  ['cluster', 6],
] as const)(
  'S16: npm start -- --redis %s: a master is killed under the whole system, its replica takes over, and nothing is lost',
  async (profile, servers) => {
    system = await startSystem(['--redis', profile, '--scenarios', 'round-robin-cached'], dir);
    const { url } = system;
    const stores = await storesOf(system);
    expect(stores.map(({ state }) => state)).toEqual(Array(servers).fill('ready'));
    // Several, so that a Cluster has some of them on each master.
    const users = Array.from({ length: 6 }, (_, n) => new SignedInUser(url, `user-${n}`));
    await Promise.all(users.map((user) => user.register()));
    for (const user of users) expect(await user.addTodo('before')).toBe(201);
    await users[0]?.say('harbour', 'before');
    await until('every event was handled', () => everyone(users, (user) => user.hasHeardOfEveryTodo()), 30_000);

    const master = stores.find(({ id }) => id === 'redis-1');
    await until('its replicas have it all', async () =>
      inStep(await redisSays(`redis://127.0.0.1:${master?.port}`, 'INFO replication')),
    );
    expect(await steerStore(system, 'redis-1', 'kill')).toBe(200);
    // Each service follows by itself: none may take a login for ended meanwhile.
    const answers = new Set<number>();
    const wrote = new Set<SignedInUser>();
    const works = async (user: SignedInUser) => {
      // Once each: the activity keeps only the newest entries.
      const both = [wrote.has(user) ? 201 : await user.addTodo('after'), await user.profile()];
      if (both[0] === 201) wrote.add(user);
      for (const status of both) answers.add(status);
      return both.every((status) => status < 300);
    };
    await until('every service works again', () => everyone(users, works), 30_000);
    expect([...answers].filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
    expect(await Promise.all(users.map((user) => user.lostTodos()))).toEqual(users.map(() => 0));
    await users[0]?.say('harbour', 'after');
    expect(await users[1]?.history('harbour')).toEqual(expect.arrayContaining(['before', 'after']));
    await until('events flow again', () => everyone(users, (user) => user.hasHeardOfEveryTodo()), 30_000);

    expect(await steerStore(system, 'redis-1', 'restart')).toBe(200);
    await until('the old master follows the new one', async () =>
      (await redisSays(`redis://127.0.0.1:${master?.port}`, 'INFO replication')).includes('role:slave'),
    );
    expect(await Promise.all(users.map((user) => user.lostTodos()))).toEqual(users.map(() => 0));
  },
  90_000,
);

async function everyone(users: readonly SignedInUser[], can: (user: SignedInUser) => Promise<boolean>) {
  return (await Promise.all(users.map(can))).every(Boolean);
}

/** Whether every replica has acknowledged what its master has sent. */
function inStep(replication: string): boolean {
  const sent = /^master_repl_offset:(\d+)/m.exec(replication)?.[1];
  const replicas = [...replication.matchAll(/^slave\d+:.*state=(\w+),offset=(\d+)/gm)];
  return replicas.length > 0 && replicas.every(([, state, offset]) => state === 'online' && offset === sent);
}
