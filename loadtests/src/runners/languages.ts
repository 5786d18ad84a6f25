import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { obtainPhp, obtainPython } from '@holdfast/infra';
import { z } from 'zod';
import { AppServer } from '../app/app-server.js';
import { lostRun } from '../plan/lost-run.js';
import type { Run } from '../results/results.js';
import { freePorts } from '../systems/free-ports.js';
import { startOwnRedis } from '../systems/own-redis.js';
import { within } from '../systems/within.js';
import { defineRunner, type RunnerTask } from './runner.js';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, 'examples/session-readers');
const START_MS = 60_000;
/** The time within which a near cache on the Node side hears of a write by the other language. */
const HEARD_MS = 1_000;

const options = z.strictObject({
  language: z.enum(['php', 'python']),
  users: z.int().min(20).max(1_000).default(50),
  /** Whether the other language has the secret that signs the cookies. */
  sharesSecret: z.boolean().default(true),
});
type LanguageOptions = z.infer<typeof options>;

export default defineRunner<LanguageOptions>({
  id: 'languages',
  title: 'users log in on Node, and a service in another language reads, writes and ends the same sessions',
  options,
  names: {
    readWrongly: 'sessions of Node that the other language did not read as Node did, of sessions',
    writesUnseen: 'attributes that the other language wrote and Node did not read a second later, of those written',
    endsUnseen: 'sessions that the other language ended and Node went on to serve a second later, of those ended',
  },
  run: async (task, onStart) => [entryOf(task, await compare(task.options, onStart))],
});

async function compare(asked: LanguageOptions, onStart: (stop: () => Promise<void>) => void): Promise<Run['counted']> {
  const redis = await startOwnRedis();
  const [nodePort = 0, otherPort = 0] = await freePorts(2);
  const secret = randomBytes(24).toString('hex');
  const serverOf = (name: string, command: string, port: number, signs: string): AppServer =>
    new AppServer({
      ...{ name, command, port, folder: join(folder, name), ready: { tcp: true }, startTimeoutMs: START_MS },
      env: { REDIS_URL: redis.url, SESSION_SECRETS: signs },
    });
  const node = serverOf('node', 'node server.js', nodePort, secret);
  const command = await commandOf(asked.language);
  const other = serverOf(asked.language, command, otherPort, asked.sharesSecret ? secret : `${secret}-of-another`);
  const end = async (): Promise<void> => {
    await Promise.all([node.stop(), other.stop()]);
    await redis.stop();
  };
  onStart(end);
  try {
    await Promise.all([node.start(), other.start()]);
    return await count(`http://127.0.0.1:${nodePort}`, `http://127.0.0.1:${otherPort}`, asked.users);
  } finally {
    await end();
  }
}

async function count(node: string, other: string, users: number): Promise<Run['counted']> {
  const missed = { readWrongly: 0, writesUnseen: 0, endsUnseen: 0 };
  for (let n = 0; n < users; n++) {
    const user = { id: `user-${n}`, name: `Ada Lövelace ${n}` };
    const [cookie = ''] = (await ask('POST', `${node}/login`, '', user)).headers.getSetCookie();
    const signed = cookie.split(';')[0] ?? '';
    await ask('PUT', `${node}/attributes/cart`, signed, { items: ['tea', n] });
    const [here, there] = [await bodyOf(`${node}/me`, signed), await bodyOf(`${other}/me`, signed)];
    if (here === undefined || !isDeepStrictEqual(here, there)) missed.readWrongly++;
    await ask('PUT', `${other}/attributes/written`, signed, { by: 'another language', n });
    const sees = async (): Promise<boolean> => (await bodyOf(`${node}/me`, signed))?.attributes?.written?.n === n;
    if (!(await within(HEARD_MS, sees))) missed.writesUnseen++;
    await ask('POST', `${other}/logout`, signed);
    if (!(await within(HEARD_MS, async () => (await bodyOf(`${node}/me`, signed)) === undefined))) missed.endsUnseen++;
  }
  return Object.fromEntries(Object.entries(missed).map(([name, hit]) => [name, { hit, of: users }]));
}

interface Me {
  readonly attributes?: { readonly written?: { readonly n: number } };
}

async function bodyOf(url: string, cookie: string): Promise<Me | undefined> {
  const answer = await ask('GET', url, cookie);
  return answer.status === 200 ? ((await answer.json()) as Me) : undefined;
}

function ask(method: string, url: string, cookie: string, body?: unknown): Promise<Response> {
  const headers = { cookie, 'content-type': 'application/json' };
  return fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
}

async function commandOf(language: LanguageOptions['language']): Promise<string> {
  if (language === 'php') return `"${await obtainPhp()}" -S 127.0.0.1:{port} server.php`;
  return `"${await obtainPython(['redis'], process.env.DATA_DIR || join(root, '.data'))}" -B server.py`;
}

function entryOf({ options: { language, users }, ...task }: RunnerTask<LanguageOptions>, counted: Run['counted']): Run {
  const arm = { name: task.arm, scenario: 'languages', engine: language, options: {} };
  return {
    ...lostRun({ ...task, arm }, ''),
    ...{ valid: true, invalidBecause: null, users, finishedUsers: users, loggedIn: users, counted },
  };
}
