import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isAlive, obtainK6, processGroup } from '@holdfast/infra';
import { waitFor } from '@holdfast/testing';
import { afterEach, expect, test } from '@jest/globals';
import { type Run, resultsSchema } from '../src/results/results.js';

const root = join(import.meta.dirname, '../..');
const dataDir = process.env.DATA_DIR || join(root, '.data');
const results = join(root, 'loadtests/results');
mkdirSync(results, { recursive: true });
const RUN_MS = 300_000;
const k6 = await obtainK6(dataDir).catch(() => undefined);
const withK6 = k6 === undefined ? test.skip : test;
let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

withK6.each([
  ['csrf', 'login: the status is 403', 'CSRF:'],
  ['secure-cookie', 'the app asks for a login', 'Secure cookie:'],
  ['host', 'login: the status is 400', 'Host check:'],
  ['redirect', 'write: the status is 302', 'Redirect:'],
  ['rate-limit', 'login: the status is 429', 'Rate limit:'],
])(
  'a walk that fails for its %s stops before the load, shows request and answer, and names the usual cause',
  async (name, wrong, cause) => {
    const before = readdirSync(results);
    const { code, err } = await compare('--app', join(import.meta.dirname, 'failing-apps', `${name}.yaml`));
    expect(err).toContain(`✗ ${wrong}`);
    expect(err).toContain('The request:');
    expect(err).toContain('The answer:');
    expect(err).toContain(cause);
    expect(code).toBe(1);
    // Values of cookies are nobody's business.
    expect(err).not.toMatch(/connect\.sid=s/);
    // Nothing was measured, so nothing is left.
    expect(readdirSync(results)).toEqual(before);
  },
  RUN_MS,
);

withK6(
  'servers that run already are asked by a module of promises, and none is killed',
  async () => {
    const servers = await Promise.all([startShop(), startShop()]);
    const dir = await mkdtemp(join(tmpdir(), 'holdfast-app-'));
    ends.push(() => rm(dir, { recursive: true, force: true }));
    await writeFile(
      join(dir, 'promises.js'),
      `export function login(user) {
  user.login({ method: 'POST', path: '/login', json: { user: user.name } });
}
export function write(user) {
  const token = user.token();
  user.promise(token, { method: 'POST', path: '/things', json: { token } });
}
export function check(user) {
  const { status, body } = user.get('/things');
  if (status === 401) return user.loggedOut();
  user.confirm();
  user.check(JSON.parse(body));
}
`,
    );
    await writeFile(
      join(dir, 'app.yaml'),
      `app: two shops\nservers: [${servers.join(', ')}]\nroutings: [round-robin, cookie]\njourney: promises.js\n`,
    );
    const runs = await resultsOf('--app', join(dir, 'app.yaml'), '--quick', '--repeat', '1');
    expect(runs.map(({ scenario, phase, fault }) => [scenario, phase, fault]).sort()).toEqual([
      ['cookie-app', 'whole', 'none'],
      ['round-robin-app', 'whole', 'none'],
    ]);
    const of = (routing: string): Run => runs.find((run) => run.routing === routing) as Run;
    expect(of('cookie')).toMatchObject({ valid: true, loggedOut: 0 });
    expect(of('cookie').counted.writesLost?.hit).toBe(0);
    // A login of one shop is unknown to the other; one of 61 users may have met the same shop each time.
    expect(of('round-robin').loggedOut).toBeGreaterThan(55);
  },
  RUN_MS,
);

withK6(
  'a server that does not start says what it printed',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'holdfast-app-'));
    ends.push(() => rm(dir, { recursive: true, force: true }));
    await writeFile(
      join(dir, 'app.yaml'),
      'app: broken\nstart: echo no database >&2; exit 3\njourney: { login: { post: /login }, check: { get: / } }\n',
    );
    const { code, err } = await compare('--app', join(dir, 'app.yaml'));
    expect(code).toBe(1);
    expect(err).toContain('server-1 ended instead of serving.');
    expect(err).toContain('no database');
  },
  RUN_MS,
);

withK6(
  'nothing that the lab started for an app outlives a lab that is killed with -9',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'holdfast-app-'));
    ends.push(() => rm(dir, { recursive: true, force: true }));
    // It never answers a login, so that the user, the gateway and the server are all there when the lab is killed.
    await writeFile(
      join(dir, 'silent.cjs'),
      `require('node:http').createServer((request, response) => {
  if (request.url === '/login') require('node:fs').writeFileSync('asked', '');
  else response.end();
}).listen(process.env.PORT, '127.0.0.1');`,
    );
    // The second command keeps the shell in front of the server.
    await writeFile(
      join(dir, 'app.yaml'),
      'app: silent\nstart: node silent.cjs; true\njourney: { login: { post: /login }, check: { get: / } }\n',
    );
    const lab = spawn(process.execPath, ['loadtests/dist/cli.js', '--app', join(dir, 'app.yaml')], {
      cwd: root,
      stdio: 'ignore',
    });
    await waitFor(() => existsSync(join(dir, 'asked')), { what: 'the server is asked', timeoutMs: 60_000 });
    const children = (await readFile(`/proc/${lab.pid}/task/${lab.pid}/children`, 'utf8')).trim().split(' ');
    const started = children.map(Number).flatMap(processGroup);
    // Shell and server, gateway, k6, and the guardian that ends them.
    expect(started.length).toBeGreaterThanOrEqual(5);
    lab.kill('SIGKILL');
    await waitFor(() => !started.some(isAlive), { what: 'all of them are gone', timeoutMs: 20_000 });
  },
  RUN_MS,
);

/** A shop that keeps everything in its memory. */
async function startShop(): Promise<string> {
  const things = new Map<string, string[]>();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    if (request.url === '/login') {
      const sid = String(things.size + 1) + Math.random();
      things.set(sid, []);
      response.writeHead(204, { 'set-cookie': `sid=${sid}; Secure; Path=/` }).end();
      return;
    }
    const mine = things.get(/sid=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
    if (mine === undefined) response.writeHead(401).end();
    else if (request.method === 'POST') {
      mine.push(JSON.parse(text).token);
      response.writeHead(201).end();
    } else response.end(JSON.stringify(mine));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function resultsOf(...words: string[]): Promise<Run[]> {
  const { out, err } = await compare(...words);
  const [, report] = /^(\S+report\.html) has the pictures/m.exec(out) ?? [];
  if (report === undefined) throw new Error(err + out);
  const folder = dirname(resolve(root, report));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  return resultsSchema.parse(JSON.parse(await readFile(join(folder, 'results.json'), 'utf8'))).runs;
}

function compare(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((done) => {
    execFile(process.execPath, ['loadtests/dist/cli.js', ...words], { cwd: root }, (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}
