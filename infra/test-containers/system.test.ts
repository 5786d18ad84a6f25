import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildImage, Compose, images } from './support/compose.js';
import { User, workDuring } from './support/user.js';

const MINUTES = 60_000;
const MOST_BYTES_ABOVE_BASE = 140e6;
/** What the Dockerfile builds upon. */
const BASE = images.base ?? 'node:20-slim';
const APPS = ['auth', 'todo', 'chat', 'monolith', 'gateway', 'console'];
const REPLICAS = ['auth', 'todo', 'chat'].flatMap((app) => [1, 2, 3].map((number) => `${app}-${number}`));
const MONOLITHS = [1, 2, 3].map((number) => `monolith-${number}`);
const URL = 'http://127.0.0.1:8080';

const shared = new Compose('round-robin-cached', REPLICAS);
const sticky = new Compose('sticky-cookie-local', MONOLITHS);

beforeAll(async () => {
  // BuildKit uses an image that it fetched without keeping it under its name.
  if (images.base === undefined) await shared.docker('pull', '--quiet', BASE);
  for (const app of APPS) buildImage(app);
  await shared.do(['up', '--detach', '--no-build', 'redis', 'gateway', 'console', ...REPLICAS]);
}, 25 * MINUTES);

afterAll(() => shared.do(['down', '--volumes', '--timeout', '5']), 2 * MINUTES);

test.each(APPS)('the image of %s is small, and not root', async (app) => {
  const [image] = JSON.parse(await shared.docker('image', 'inspect', `holdfast/${app}:test`));
  const [base] = JSON.parse(await shared.docker('image', 'inspect', BASE));
  console.log(`holdfast/${app}: ${((image.Size - base.Size) / 1e6).toFixed(1)} MB above the base`);
  expect(image.Size - base.Size).toBeLessThan(MOST_BYTES_ABOVE_BASE);
  expect(image.Config.User).toBe('10001:10001');
});

test('a container without secrets ends at once and says what to set', () => {
  const args = ['run', '--rm', '--env', 'REDIS_URL=redis://redis:6379', 'holdfast/auth:test'];
  let said = '';
  try {
    execFileSync(process.env.TEST_DOCKER ?? 'docker', args, { env: shared.env, stdio: 'pipe' });
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: Buffer };
    said = `${status} ${stderr}`;
  }
  expect(said).toMatch(/^1 Configuration:[\s\S]*SESSION_SECRETS is not set/);
});

/** The gateway looks up a name that it did not find every five seconds. */
async function gatewayAnswers(): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (const [path, status] of [
    ['/auth/me', 401],
    ['/todos', 401],
    ['/', 200],
  ] as const) {
    while ((await fetch(URL + path).catch(() => undefined))?.status !== status) {
      if (Date.now() > deadline)
        throw new Error(`${path} does not answer: ${await shared.do(['logs', '--tail', '20', 'gateway'])}`);
      await new Promise((done) => setTimeout(done, 300));
    }
  }
}

test(
  'every container becomes healthy',
  async () => {
    await shared.healthy(['gateway', 'console', ...REPLICAS]);
    await gatewayAnswers();
  },
  2 * MINUTES,
);

/** The scenario that the page at `/` names; throws where that page is another than a scenario's client. */
async function shownScenario(): Promise<string> {
  expect(await (await fetch(URL)).text()).toContain('src="/assets/client-');
  const { scenarios } = (await (await fetch(`${URL}/console-config.json`)).json()) as { scenarios: { name: string }[] };
  expect(scenarios).toHaveLength(1);
  return scenarios[0]?.name ?? '';
}

test('the page is the client of the scenario that runs', async () => {
  expect(await shownScenario()).toBe('round-robin-cached');
});

test('a login on one server is read on another', async () => {
  const user = new User(URL, 'ada');
  expect(await user.register()).toBe(201);
  const registered = user.servedBy;
  const readers = new Set<string>();
  for (let n = 0; n < 6; n++) {
    expect(await user.profile()).toBe(200);
    readers.add(user.servedBy);
  }
  expect(registered).toMatch(/^auth-[123]$/);
  expect([...readers].sort()).toEqual(['auth-1', 'auth-2', 'auth-3']);
});

async function crowd(prefix: string): Promise<User[]> {
  const users = Array.from({ length: 8 }, (_, n) => new User(URL, `${prefix}-${n}`));
  for (const user of users) expect(await user.register()).toBe(201);
  return users;
}

test(
  'killed servers take no login and no acknowledged todo with them',
  async () => {
    const users = await crowd('kill');
    const killed = ['auth-2', 'todo-2'];
    const { loggedOut, todosLost, todosAcknowledged, requests, failed } = await workDuring(users, async () => {
      await shared.do(['kill', ...killed]);
      await new Promise((done) => setTimeout(done, 3_000));
    });
    console.log(`kill: ${requests} requests, ${failed.length} failed, ${todosAcknowledged} todos, ${todosLost} lost`);
    expect({ loggedOut, todosLost }).toEqual({ loggedOut: 0, todosLost: 0 });
    expect(todosAcknowledged).toBeGreaterThan(0);
    await shared.do(['up', '--detach', '--no-build', '--no-deps', ...killed]);
    await shared.healthy(killed);
  },
  3 * MINUTES,
);

test(
  'an update that replaces one server after the other fails no request',
  async () => {
    for (const app of ['auth', 'todo', 'chat']) {
      const next = `FROM holdfast/${app}:test\nLABEL release=next\n`;
      execFileSync(process.env.TEST_DOCKER ?? 'docker', ['build', '--tag', `holdfast/${app}:next`, '-'], {
        ...{ env: shared.env, input: next, stdio: ['pipe', 'ignore', 'inherit'] },
      });
    }
    const users = await crowd('update');
    const updated = ['auth-1', 'todo-1', 'auth-2', 'todo-2', 'auth-3', 'todo-3'];
    const { loggedOut, todosLost, todosAcknowledged, requests, failed } = await workDuring(users, async () => {
      for (const replica of updated) {
        await shared.do(['up', '--detach', '--no-build', '--no-deps', replica], { HOLDFAST_TAG: 'next' });
        await shared.healthy([replica]);
      }
    });
    console.log(`update: ${requests} requests, ${failed.length} failed, ${todosAcknowledged} todos, ${todosLost} lost`);
    expect({ loggedOut, todosLost, failed }).toEqual({ loggedOut: 0, todosLost: 0, failed: [] });
    for (const replica of updated) {
      const [container] = JSON.parse(await shared.docker('inspect', await shared.container(replica)));
      expect(container.Config.Labels.release).toBe('next');
    }
  },
  5 * MINUTES,
);

test(
  'SIGTERM ends a container with exit code 0',
  async () => {
    const container = await shared.container('chat-3');
    await shared.do(['stop', 'chat-3']);
    const [{ State }] = JSON.parse(await shared.docker('inspect', container));
    expect(State).toMatchObject({ Status: 'exited', ExitCode: 0, OOMKilled: false });
  },
  MINUTES,
);

test(
  'the one variable switches to sticky routing over server memory',
  async () => {
    await shared.do(['down', '--volumes', '--timeout', '5']);
    await sticky.do(['up', '--detach', '--no-build', 'redis', 'gateway', 'console', ...MONOLITHS]);
    await sticky.healthy(['gateway', ...MONOLITHS]);
    await gatewayAnswers();
    expect(await shownScenario()).toBe('sticky-cookie-local');
    const user = new User(URL, 'ada');
    expect(await user.register()).toBe(201);
    const bound = user.servedBy;
    for (let n = 0; n < 6; n++) {
      expect(await user.profile()).toBe(200);
      expect(user.servedBy).toBe(bound);
    }
    // The price of it: with the server goes the login.
    await sticky.do(['kill', bound]);
    expect(await user.profile()).toBe(401);
  },
  3 * MINUTES,
);
