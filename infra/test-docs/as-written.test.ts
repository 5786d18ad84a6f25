// The commands of the documents as a reader would type them: only ports, the Redis and folders of the machine are replaced.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '@holdfast/fleet';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { obtainPhp } from '../src/interpreters/obtain-php.js';
import { type ObtainedRedis, obtainRedis } from '../src/redis/obtain-redis.js';
import { portOf } from '../src/redis/redis-address.js';
import { blocks, commandsOf, ROOT, shellBlocks } from './support/documents.js';
import { runLines, type Where } from './support/run-commands.js';

const MINUTES = 60_000;
const RESULTS = 'docs/data/2026-11-26/9-latency.json';
const WITH_PORTS = /\.(js|yaml|ts)$/;
const ran: string[] = [];
let redis: ObtainedRedis;
let redisFolder: string;
let scratch: string;
let places: Record<string, string>;

beforeAll(async () => {
  redisFolder = mkdtempSync(join(tmpdir(), 'holdfast-docs-redis-'));
  redis = await obtainRedis(redisFolder, { ...process.env, REDIS_URL: undefined });
});
afterAll(async () => {
  await redis?.stop();
  rmSync(redisFolder, { recursive: true });
});

/** `scratch` stands for the repository where a document's files have ports in them. */
beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'holdfast-docs-'));
  for (const name of ['node_modules', 'packages', 'package.json']) symlinkSync(join(ROOT, name), join(scratch, name));
  mkdirSync(join(scratch, 'your-app'));
  writeFileSync(join(scratch, 'your-app/package.json'), '{ "private": true }');
  const ports = new Set<number>();
  for (let n = 0; n < 4; n++) ports.add(await freePort(ports));
  const [first, second, gateway, admin] = [...ports].map(String) as [string, string, string, string];
  places = { '3001': first, '3002': second, '8080': gateway, '9080': admin, '6379': String(portOf(redis.url)) };
});
afterEach(() => rmSync(scratch, { recursive: true }));

const onThisMachine = (text: string) =>
  text.replace(/\b(3001|3002|8080|9080|6379)\b/g, (place) => places[place] ?? place);

/** The block of a document that has a command like this. */
function commands(document: string, like: string): string[] {
  const found = shellBlocks().find((block) => block.document === document && block.text.includes(like));
  if (found === undefined) throw new Error(`${document} has no block with ${like}`);
  return commandsOf(found);
}

/** Runs commands; `as` says what a line becomes here, where it is not typed as it stands. */
function follow(
  lines: readonly string[],
  where: Where,
  as: (line: string) => string = (line) => line,
): Promise<string> {
  ran.push(...lines);
  return runLines(
    lines.map((line) => onThisMachine(as(line))),
    where,
  );
}

function example(name: string): void {
  const folder = join(scratch, 'examples', name);
  cpSync(join(ROOT, 'examples', name), folder, { recursive: true });
  for (const file of readdirSync(folder).filter((file) => WITH_PORTS.test(file)))
    writeFileSync(join(folder, file), onThisMachine(readFileSync(join(folder, file), 'utf8')));
}

test(
  'the lab lists and shows what it has',
  async () => {
    const lines = ['docs/lab.md', 'docs/engines.md', 'docs/alb.md'].flatMap((page) => commands(page, 'lab -- show'));
    const quick = [...new Set(lines)].filter((line) => /lab -- (list|show)/.test(line));
    const output = await follow(quick, { folder: ROOT });
    for (const said of ['experiments (', 'rules', 'proxy_pass', 'AWSALB']) expect(output).toContain(said);
  },
  3 * MINUTES,
);

test(
  'the planner plans, also from measured results',
  async () => {
    const output = await follow(
      [...commands('docs/planner.md', 'lab -- plan'), ...commands('docs/deploy.md', 'lab -- plan')],
      { folder: ROOT },
      (line) => line.replace('loadtests/results/<stamp>/results.json', RESULTS),
    );
    expect(output).toContain('"arms"');
  },
  3 * MINUTES,
);

test(
  'a first file for an app is written, and nothing is wrong with it',
  async () => {
    const quick = commands('docs/your-app.md', 'lab -- init').filter((line) => !line.includes('compare'));
    await follow(quick, { folder: ROOT }, (line) => line.replace('my-app.yaml', join(scratch, 'my-app.yaml')));
    expect(readFileSync(join(scratch, 'my-app.yaml'), 'utf8')).toContain('start: node server.js');
  },
  3 * MINUTES,
);

test(
  'a service runs alone with a Redis of infra',
  async () => {
    const [up = '', start = ''] = commands('docs/services.md', 'infra -- up redis');
    const env = { DATA_DIR: join(scratch, 'data'), PORT: places['3001'], REDIS_URL: undefined };
    try {
      const [, port = ''] =
        /REDIS_URL=redis:\/\/127\.0\.0\.1:(\d+)/.exec(await follow([up], { folder: ROOT, env })) ?? [];
      places['6379'] = port;
      ran.push(start);
      const output = await runLines([`${onThisMachine(start)} &`, onThisMachine('curl localhost:3001/readyz')], {
        folder: ROOT,
        env,
      });
      expect(output).toMatch(/^200$/m);
    } finally {
      await runLines(['npm run infra -- down redis'], { folder: ROOT, env });
    }
  },
  3 * MINUTES,
);

test(
  'dead letters are listed, replayed and discarded',
  async () => {
    await follow(commands('docs/events.md', 'dead-letters'), { folder: ROOT });
  },
  MINUTES,
);

test(
  'unit tests of one workspace run, and the formatter has nothing to do',
  async () => {
    const lines = commands('CONTRIBUTING.md', 'npx turbo').filter((line) => /^npx turbo|format/.test(line));
    expect(await follow(lines, { folder: ROOT })).toContain('No fixes applied');
  },
  5 * MINUTES,
);

test(
  '`npm run dev` serves',
  async () => {
    const env = {
      DATA_DIR: join(scratch, 'data'),
      REPLICAS: '1',
      GATEWAY_PORT: places['8080'],
      GATEWAY_ADMIN_PORT: places['9080'],
    };
    const [dev = ''] = commands('CONTRIBUTING.md', 'npm run dev').filter((line) => line === 'npm run dev');
    ran.push(dev);
    const output = await runLines([`${dev} &`, onThisMachine('curl localhost:8080/auth/me')], { folder: ROOT, env });
    expect(output).toMatch(/^401$/m);
  },
  5 * MINUTES,
);

test(
  'the session is packed and installed in another folder',
  async () => {
    const build = commands('docs/deploy.md', 'npm run build').filter((line) => line.startsWith('npm ci'));
    // The suite began with `npm ci`; a second one would take the packages from under it.
    await follow([...build, ...commands('README.md', 'npm pack')], { folder: ROOT }, (line) =>
      line.replace('npm ci && ', '').replaceAll('/tmp', scratch).replace('../your-app', join(scratch, 'your-app')),
    );
    expect(existsSync(join(scratch, 'your-app/node_modules/@holdfast/session/package.json'))).toBe(true);
  },
  5 * MINUTES,
);

test(
  'the gateway is packed, installed in another folder, and checks a file there',
  async () => {
    example('gateway-alone');
    cpSync(join(scratch, 'examples/gateway-alone/gateway.yaml'), join(scratch, 'your-app/gateway.yaml'));
    await follow(commands('examples/gateway-alone/README.md', 'npm pack'), { folder: ROOT }, (line) =>
      line.replaceAll('/tmp', scratch).replace('npm install', `cd ${scratch}/your-app && npm install`),
    );
  },
  5 * MINUTES,
);

test(
  'the gateway alone serves two servers in turn, and takes one out and back',
  async () => {
    example('gateway-alone');
    const readme = 'examples/gateway-alone/README.md';
    const output = await follow([...commands(readme, 'gateway.yaml &'), ...commands(readme, 'drain')], {
      folder: scratch,
    });
    expect(output).toMatch(/x-served-by: app-\d/i);
    expect(output).toMatch(/"state":\s?"draining"/);
  },
  MINUTES,
);

test(
  'the gateway runs from the file in its README, checks it, and reads it again',
  async () => {
    const file = blocks().find(
      ({ document, text }) => document === 'apps/gateway/README.md' && text.startsWith('# gateway.yaml'),
    );
    writeFileSync(join(scratch, 'gateway.yaml'), onThisMachine(file?.text ?? ''));
    const inBackground = (line: string) => (line.endsWith('gateway.yaml') ? `${line} &` : line);
    const output = await follow(commands('apps/gateway/README.md', '--check'), { folder: scratch }, inBackground);
    expect(output).toMatch(/"id":\s?"app-2"/);
    const [run = '', ...others] = commands('docs/gateway.md', '--version');
    const hangUp = (line: string) =>
      inBackground(line.replace('kill -HUP <pid>', 'curl localhost:9080/upstreams && kill -HUP $!'));
    expect(await follow([run, ...others], { folder: scratch }, hangUp)).toMatch(/^\d+\.\d+\.\d+$/m);
  },
  MINUTES,
);

test(
  'a proxy with a policy of its own serves',
  async () => {
    example('own-policy');
    example('gateway-alone');
    const servers = ['3001', '3002'].map((port) => `PORT=${port} node examples/gateway-alone/server.js &`);
    const [go = '', run = ''] = commands('examples/own-policy/README.md', 'proxy.js');
    ran.push(go, run);
    const lines = [...servers, 'curl localhost:3001/ localhost:3002/', go, `${run} &`, 'curl -i localhost:8080/'];
    expect(await runLines(lines.map(onThisMachine), { folder: scratch })).toMatch(/x-served-by: app-1/i);
  },
  MINUTES,
);

test(
  'one login counts on two Express servers',
  async () => {
    example('session-in-express');
    const output = await follow(commands('examples/session-in-express/README.md', 'cached.js'), { folder: scratch });
    expect(output.match(/^\d{3}$/gm)).toEqual(['204', '200', '200', '200', '200']);
  },
  MINUTES,
);

test(
  'one login counts on two Nest servers, and a logout too',
  async () => {
    example('session-in-nest');
    const output = await follow(commands('examples/session-in-nest/README.md', 'npx tsc'), { folder: scratch });
    expect(output).toContain('tea');
    expect(output.match(/^\d{3}$/gm)?.slice(-2)).toEqual(['204', '401']);
  },
  2 * MINUTES,
);

test(
  'one session is read and written by Node and PHP',
  async () => {
    example('session-readers');
    const lines = commands('examples/session-readers/README.md', 'server.php');
    let php: string;
    try {
      php = await obtainPhp();
    } catch (error) {
      console.error(`!!! The readers' commands are not run: ${error}`);
      ran.push(...lines);
      return;
    }
    const env = { PATH: `${dirname(php)}:${process.env.PATH}` };
    const output = await follow(lines, { folder: scratch, env });
    expect(output).toContain('dark');
    expect(output.match(/^\d{3}$/gm)?.at(-1)).toBe('401');
  },
  3 * MINUTES,
);

test(
  'Socket.IO’s clients are counted',
  async () => {
    const output = await follow(commands('examples/socketio-chat/README.md', 'count.js'), { folder: ROOT });
    expect(output).toContain('144 of 144');
  },
  2 * MINUTES,
);

test('these were all that commands.yaml says are run here', () => {
  const { asWritten } = parse(readFileSync(join(import.meta.dirname, 'commands.yaml'), 'utf8'));
  expect([...new Set(ran)].sort()).toEqual([...asWritten].sort());
});
