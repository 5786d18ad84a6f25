import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import alb, { albFile } from '../src/engines/alb.js';
import { routeOf, type TargetGroupAttributes } from '../src/engines/alb-target-group.js';
import { EngineUnderTest } from './support/engine-under-test.js';
import { until } from './support/redis-says.js';

// One test for each behaviour; docs/alb.md has the sentence of AWS for it.

let running: EngineUnderTest | undefined;
let admin = '';
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

const STICKY = { 'stickiness.enabled': true } as const;

/** Three targets behind the emulation, asked for their health ten times a second. */
async function start(
  attributes: Partial<TargetGroupAttributes>,
  change: (file: string) => string = (file) => file,
): Promise<EngineUnderTest> {
  const program = {
    ...alb.program,
    render: (...[pools, place]: Parameters<typeof alb.program.render>) =>
      change(albFile(pools, place, () => attributes).replace('intervalMs: 5000', 'intervalMs: 100')),
  };
  running = await EngineUnderTest.start(program, 'round-robin-local');
  admin = `http://127.0.0.1:${running.adminPort}`;
  await until('its admin API answers', () =>
    fetch(admin).then(
      () => true,
      () => false,
    ),
  );
  return running;
}

async function deregister(target: string | undefined, attributes: Partial<TargetGroupAttributes>): Promise<void> {
  const delay = attributes['deregistration_delay.timeout_seconds'] ?? 0;
  const answer = await fetch(`${admin}/upstreams/round-robin-local/destinations/${target}/drain`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ deadlineMs: Math.max(1, delay * 1000) }),
  });
  expect(answer.status).toBe(204);
}

const cookieOf = (lines: readonly string[] | undefined, name: string): string | undefined =>
  lines?.find((line) => line.startsWith(`${name}=`))?.split(';')[0];

test('round_robin: each target in turn', async () => {
  const engine = await start({});
  const seen = [];
  for (let n = 0; n < 9; n++) seen.push((await engine.ask()).by);
  for (const { id } of engine.servers) expect(seen.filter((by) => by === id)).toHaveLength(3);
});

test('least_outstanding_requests: a target with a request open gets no other while one is idle', async () => {
  const engine = await start({ 'load_balancing.algorithm.type': 'least_outstanding_requests' });
  for (const server of engine.servers) {
    server.instead = ({ url }, response) => {
      if (url === '/healthz' || server.asked.length !== 1) response.end('{}');
    };
  }
  const open = engine.ask({ timeoutMs: 60_000 }).catch(() => undefined);
  await until('the request is open', () => engine.servers.some(({ asked }) => asked.length === 1));
  const busy = engine.servers.find(({ asked }) => asked.length === 1);
  for (const server of engine.servers) server.instead = undefined;
  for (let n = 0; n < 12; n++) expect((await engine.ask()).by).not.toBe(busy?.id);
  await busy?.die();
  await open;
});

test('lb_cookie: AWSALB comes with every answer, and its duration starts anew with each', async () => {
  const engine = await start({ ...STICKY, 'stickiness.lb_cookie.duration_seconds': 1 });
  let { by, cookie } = await engine.ask();
  const first = by;
  expect(cookie).toMatch(/^AWSALB=/);
  const begun = Date.now();
  await until('it was kept for twice its duration', async () => {
    const answer = await engine.ask({ headers: { cookie: cookie ?? '' } });
    expect(answer.by).toBe(first);
    expect(answer.cookie).toMatch(/^AWSALB=/);
    ({ by, cookie } = answer);
    return Date.now() - begun > 2_000;
  });
  // The same cookie, sent again and again: nothing renews it.
  const old = cookie ?? '';
  await until('it ended', async () => (await engine.ask({ headers: { cookie: old } })).by !== first, 5_000);
});

test('lb_cookie: one that cannot be decoded counts as none, and is replaced', async () => {
  const engine = await start(STICKY);
  const seen = new Set<string | undefined>();
  for (let n = 0; n < 6; n++) {
    const { by, cookie } = await engine.ask({ headers: { cookie: 'AWSALB=someone-wrote-this' } });
    seen.add(by);
    expect(cookie).toMatch(/^AWSALB=/);
  }
  expect(seen.size).toBe(3);
});

test('a client whose target became unhealthy has another one for good', async () => {
  const engine = await start(STICKY);
  const { by: first, cookie = '' } = await engine.ask();
  const old = engine.server(first);
  await old.die();
  let moved = { by: first, cookie: undefined as string | undefined };
  await until('another target answers', async () => {
    const answer = await engine.ask({ headers: { cookie } });
    moved = answer;
    return answer.status === 200;
  });
  expect(moved.by).not.toBe(first);
  await old.start();
  await until('the old one is healthy', async () => (await engine.ask()).by === first);
  expect((await engine.ask({ headers: { cookie: moved.cookie ?? '' } })).by).toBe(moved.by);
});

test('no request goes elsewhere and brings no check forward: until the target is unhealthy its clients get errors', async () => {
  const engine = await start(STICKY, (file) => file.replace('intervalMs: 100', 'intervalMs: 2000'));
  const { by: first, cookie = '' } = await engine.ask();
  await engine.server(first).die();
  let errors = 0;
  const begun = Date.now();
  await until('another target answers', async () => {
    const answer = await engine.ask({ headers: { cookie } });
    if (answer.status < 500) return answer.by !== first;
    expect(answer.by).toBe(first);
    errors++;
    return false;
  });
  expect(errors).toBeGreaterThan(1);
  // Two checks failed, which are two seconds apart.
  expect(Date.now() - begun).toBeGreaterThan(2_000);
});

test('when no target is healthy all are used', async () => {
  const engine = await start({});
  for (const server of engine.servers) {
    server.instead = ({ url }, response) => {
      if (url === '/healthz') response.statusCode = 503;
      response.end('{}');
    };
  }
  const states = async () => {
    const { upstreams } = (await (await fetch(`${admin}/upstreams`)).json()) as {
      upstreams: { destinations: { state: string }[] }[];
    };
    return upstreams[0]?.destinations.map(({ state }) => state);
  };
  await until('none is healthy', async () => (await states())?.every((state) => state === 'down') === true);
  const seen = new Set<string | undefined>();
  for (let n = 0; n < 6; n++) {
    const answer = await engine.ask();
    expect(answer.status).toBe(200);
    seen.add(answer.by);
  }
  expect(seen.size).toBe(3);
});

test('app_cookie: AWSALBAPP-0 comes once an answer sets the cookie of that name, and then with every answer', async () => {
  const engine = await start({
    ...STICKY,
    ...{ 'stickiness.type': 'app_cookie', 'stickiness.app_cookie.cookie_name': 'sid' },
  });
  expect((await engine.ask()).cookies).toBeUndefined();
  for (const server of engine.servers) {
    server.instead = ({ url }, response) => {
      if (url !== '/healthz') response.setHeader('set-cookie', 'sid=abc; Path=/; HttpOnly');
      response.end('{}');
    };
  }
  const { by, cookies } = await engine.ask({ method: 'POST' });
  const binding = cookieOf(cookies, 'AWSALBAPP-0') ?? '';
  expect(cookieOf(cookies, 'sid')).toBe('sid=abc');
  for (const server of engine.servers) server.instead = undefined;
  for (let n = 0; n < 4; n++) {
    const both = await engine.ask({ headers: { cookie: `${binding}; sid=abc` } });
    expect(both.by).toBe(by);
    expect(cookieOf(both.cookies, 'AWSALBAPP-0')).toBeDefined();
    expect(both.sent.cookie).toContain('sid=abc');
  }
  // One of the two is not enough.
  const alone = new Set<string | undefined>();
  for (let n = 0; n < 6; n++) alone.add((await engine.ask({ headers: { cookie: n % 2 ? binding : 'sid=abc' } })).by);
  expect(alone.size).toBe(3);
});

test('a deregistering target gets no request, not of its bound clients either; one in flight is answered', async () => {
  const attributes = { ...STICKY, 'deregistration_delay.timeout_seconds': 60 };
  const engine = await start(attributes);
  const { by: first, cookie = '' } = await engine.ask();
  const target = engine.server(first);
  let finish = (): void => undefined;
  target.instead = ({ url }, response) => {
    if (url === '/healthz') response.end();
    else finish = () => void response.end('{}');
  };
  const before = target.asked.length;
  const inFlight = engine.ask({ headers: { cookie }, timeoutMs: 60_000 });
  await until('it is in flight', () => target.asked.length > before);
  await deregister(first, attributes);
  const moved = await engine.ask({ headers: { cookie } });
  expect(moved.status).toBe(200);
  expect(moved.by).not.toBe(first);
  expect((await engine.ask({ headers: { cookie: moved.cookie ?? '' } })).by).toBe(moved.by);
  finish();
  expect(await inFlight).toMatchObject({ status: 200, by: first });
});

test.each([
  ['stays until the deregistration delay has passed', 60, false],
  ['is closed when the deregistration delay has passed', 0, true],
])('a WebSocket to a deregistering target %s', async (_what, delay, closes) => {
  const attributes = { ...STICKY, 'deregistration_delay.timeout_seconds': delay };
  const engine = await start(attributes);
  const socket = connect(engine.port, '127.0.0.1');
  const said: string[] = [];
  socket.on('data', (chunk) => said.push(chunk.toString()));
  const ended = once(socket, 'close');
  socket.write(
    [
      ...['GET /chat/socket HTTP/1.1', 'Host: round-robin-local.localhost', 'Connection: Upgrade'],
      ...['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '\r\n'],
    ].join('\r\n'),
  );
  await until('it is open', () => said.join('').includes('\r\n\r\n'));
  const target = /x-served-by: (\S+)/.exec(said.join(''))?.[1];
  await deregister(target, attributes);
  if (closes) {
    // 1012: the client comes back, elsewhere.
    await until('it is told to come back', () => said.join('').includes('\x03\xf4') || socket.destroyed, 10_000);
  } else {
    expect((await engine.ask()).by).not.toBe(target);
    const echoes = said.length;
    // A masked text frame of one letter, which the target sends back.
    socket.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x61]));
    await until('it still answers', () => said.length > echoes);
  }
  socket.destroy();
  await ended;
});

test('slow start: a target that became healthy again gets a growing share', async () => {
  const engine = await start({ 'slow_start.duration_seconds': 30 });
  const [target] = engine.servers;
  if (target === undefined) throw new Error('no target');
  await target.die();
  await until('it is unhealthy', async () => {
    const answers = [await engine.ask(), await engine.ask(), await engine.ask()];
    return answers.every(({ by }) => by !== target.id);
  });
  await target.start();
  await until('it is healthy', async () => (await engine.ask()).by === target.id);
  const seen = [];
  for (let n = 0; n < 60; n++) seen.push((await engine.ask()).by);
  const share = seen.filter((by) => by === target.id).length;
  // A third of them in the end, a tenth of that at the start.
  expect(share).toBeGreaterThan(0);
  expect(share).toBeLessThan(10);
});

test('weighted target groups: AWSALBTG keeps a client with its group, whatever the weights', async () => {
  const forward = routeOf({
    TargetGroups: [
      { name: 'blue', Weight: 10 },
      { name: 'green', Weight: 20 },
    ],
    TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 1000 },
  });
  // The first target is one group, the two others are the other.
  const twoGroups = (text: string): string => {
    const file = parse(text);
    const { destinations, ...settings } = file.upstreams['round-robin-local'];
    const [first, ...rest] = destinations;
    file.upstreams = {
      blue: { ...settings, destinations: [first] },
      green: { ...settings, destinations: rest },
    };
    file.routes = [{ path: '/', ...forward }];
    return stringify(file);
  };
  const engine = await start({}, twoGroups);
  const groupOf = (by: string | undefined): string => (by === 'monolith-1' ? 'blue' : 'green');
  const clients = [];
  for (let n = 0; n < 9; n++) clients.push(await engine.ask());
  expect(clients.filter(({ by }) => groupOf(by) === 'blue')).toHaveLength(3);
  for (const { by, cookies } of clients) {
    const cookie = cookieOf(cookies, 'AWSALBTG') ?? '';
    for (let n = 0; n < 3; n++) expect(groupOf((await engine.ask({ headers: { cookie } })).by)).toBe(groupOf(by));
  }
});
