import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { EngineUnderTest, PROGRAMS } from './support/engine-under-test.js';
import { until } from './support/redis-says.js';

/** Addresses of different networks: nginx's ip_hash reads the first three numbers. */
const ADDRESSES = Array.from({ length: 30 }, (_, n) => `198.18.${n * 7}.${n}`);
/** A check each second fails twice, and a half-open connection may take a check's second each time. */
const LEFT_OUT_MS = 10_000;

let running: EngineUnderTest | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** `npm test` says loudly which program could not be had. */
const had = await Promise.all(
  Object.entries(PROGRAMS).map(async ([id, program]) =>
    (await program.obtain(() => undefined).catch(() => undefined)) === undefined ? [] : [id as keyof typeof PROGRAMS],
  ),
);
const engines = had.flat();
const on = (id: keyof typeof PROGRAMS) => (engines.includes(id) ? test : test.skip);

async function start(id: keyof typeof PROGRAMS, scenario: string, change?: (file: string) => string) {
  running = await EngineUnderTest.start(PROGRAMS[id], scenario, change);
  return running;
}

/** A client that keeps its cookie, and who answers it. */
async function boundClient(engine: EngineUnderTest) {
  const { cookie = '', by } = await engine.ask();
  const who = async () => {
    const answer = await engine.ask({ headers: { cookie: jar } });
    if (answer.cookie !== undefined) jar = answer.cookie;
    return answer.by;
  };
  let jar = cookie;
  return { first: by, who, cookie };
}

describe.each(engines)('%s', (id) => {
  test('round robin takes each server in turn, says which one it was, and passes on who asks', async () => {
    const engine = await start(id, 'round-robin-local');
    const answers = [];
    for (let n = 0; n < 9; n++) answers.push(await engine.ask({ headers: { 'x-forwarded-for': '198.18.9.9' } }));
    for (const { id: server } of engine.servers) expect(answers.filter(({ by }) => by === server)).toHaveLength(3);
    expect(answers[0]?.sent).toMatchObject({
      // The client comes first; a load balancer may add its own peer.
      'x-forwarded-for': expect.stringMatching(/^198\.18\.9\.9(, |$)/),
      'x-forwarded-proto': 'http',
      host: `round-robin-local.localhost:${engine.port}`,
    });
  });

  test('IP hash keeps an address; when a server dies exactly its addresses move', async () => {
    const engine = await start(id, 'ip-hash-local');
    const before = await engine.byAddress(ADDRESSES);
    expect(new Set(before.values()).size).toBe(3);
    expect(await engine.byAddress(ADDRESSES)).toEqual(before);
    const gone = before.get(ADDRESSES[0] ?? '');
    await engine.server(gone).die();
    const after = await engine.byAddress(ADDRESSES);
    for (const address of ADDRESSES) {
      if (before.get(address) === gone) expect(after.get(address)).not.toBe(gone);
      else expect(after.get(address)).toBe(before.get(address));
    }
  });

  test('a cookie keeps a client, also after a restart of the load balancer, and never reaches two servers', async () => {
    const engine = await start(id, 'sticky-cookie-local');
    const clients = [];
    for (let n = 0; n < 20; n++) clients.push(await boundClient(engine));
    expect(new Set(clients.map(({ first }) => first)).size).toBe(3);
    for (const { who, first } of clients) expect(await who()).toBe(first);
    await engine.restart();
    for (const { who, first } of clients) expect(await who()).toBe(first);
  });

  test('a request is answered by another server when the first refuses the connection, whatever its method', async () => {
    const engine = await start(id, 'sticky-cookie-local');
    // A POST on a waiting connection that breaks has reached the server for all the balancer knows: 502, rightly.
    for (const server of engine.servers) server.keepsConnections = false;
    const { first, cookie } = await boundClient(engine);
    await engine.server(first).die();
    const answer = await engine.ask({ method: 'POST', headers: { cookie } });
    expect(answer.status).toBe(200);
    expect(answer.by).not.toBe(first);
  });

  test('a POST whose connection broke is not sent twice, and a GET is', async () => {
    const engine = await start(id, 'round-robin-local');
    for (const server of engine.servers) {
      // Healthy all the while: a check between the two requests would leave Caddy without a server for the second.
      server.instead = ({ url, socket }, response) => (url === '/healthz' ? response.end() : socket.destroy());
    }
    expect((await engine.ask({ method: 'POST' })).status).toBe(502);
    const asked = () => engine.servers.reduce((sum, server) => sum + server.asked.length, 0);
    expect(asked()).toBe(1);
    await engine.ask();
    expect(asked()).toBeGreaterThan(2);
  });

  test('a WebSocket upgrade goes through', async () => {
    const engine = await start(id, 'round-robin-local');
    const socket = connect(engine.port, '127.0.0.1');
    const heard = new Promise<string>((resolve, reject) => {
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
        if (text.includes('\r\n\r\n') && !text.includes('hello')) socket.write('hello');
        if (text.endsWith('hello')) resolve(text);
      });
      socket.once('error', reject);
    });
    socket.write(
      [
        'GET /chat/socket HTTP/1.1',
        'Host: round-robin-local.localhost',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        '\r\n',
      ].join('\r\n'),
    );
    expect(await heard).toMatch(/^HTTP\/1\.1 101 /);
    socket.destroy();
  });
});

describe.each(['haproxy', 'caddy'] as const)('%s, which checks its servers', (id) => {
  on(id)('a client whose server died stays with its new one when the old one returns', async () => {
    const engine = await start(id, 'sticky-cookie-local');
    const { first, who } = await boundClient(engine);
    const old = engine.server(first);
    await old.die();
    const second = await who();
    expect(second).not.toBe(first);
    await old.start();
    // Newcomers reach it, so it is back.
    await until('it is back', async () => (await engine.ask()).by === first, LEFT_OUT_MS);
    expect(await who()).toBe(second);
  });

  on(id)('a server that stands still is left out after its checks', async () => {
    const engine = await start(id, 'sticky-cookie-local');
    const { first, cookie } = await boundClient(engine);
    engine.server(first).instead = () => undefined;
    const asks = () => engine.ask({ headers: { cookie }, timeoutMs: 300 }).catch(() => undefined);
    await until('another one answers', async () => ((await asks())?.by ?? first) !== first, LEFT_OUT_MS);
  });
});

describe.each(['nginx', 'caddy'] as const)('%s, which passes on what a client sends', (id) => {
  on(id)('the servers get its cookie, too', async () => {
    const engine = await start(id, 'sticky-cookie-local');
    const { cookie } = await boundClient(engine);
    expect((await engine.ask({ headers: { cookie } })).sent.cookie).toBe(cookie);
  });
});

describe('nginx by setting alone', () => {
  const only = on('nginx');

  only.each([
    ['a cookie that names a server', 'keepalive 64;', 'sticky cookie hf_affinity; keepalive 64;'],
    ['slow start', 'fail_timeout=2s;', 'fail_timeout=2s slow_start=10s;'],
    ['drain', 'fail_timeout=2s;', 'fail_timeout=2s drain;'],
    ['an active health check', 'proxy_pass ', 'health_check; proxy_pass '],
  ])('does not know %s: the file is refused', async (_what, from, to) => {
    await expect(start('nginx', 'round-robin-local', (file) => file.replace(from, to))).rejects.toThrow(
      /unknown directive|invalid parameter/,
    );
  });

  only('ip_hash binds a whole /24 network to one server', async () => {
    const engine = await start('nginx', 'ip-hash-local');
    const network = Array.from({ length: 20 }, (_, n) => `198.18.3.${n + 1}`);
    expect(new Set((await engine.byAddress(network)).values()).size).toBe(1);
  });

  only('a client whose server died moves back when it returns', async () => {
    const engine = await start('nginx', 'sticky-cookie-local');
    const { first, who } = await boundClient(engine);
    await engine.server(first).die();
    expect(await who()).not.toBe(first);
    await engine.server(first).start();
    await until('it moved back', async () => (await who()) === first, LEFT_OUT_MS);
  });

  only('a server that stands still keeps its clients waiting', async () => {
    const engine = await start('nginx', 'sticky-cookie-local');
    const { first, cookie } = await boundClient(engine);
    engine.server(first).instead = () => undefined;
    await expect(engine.ask({ headers: { cookie }, timeoutMs: 6_000 })).rejects.toThrow();
  });
});

describe('HAProxy by setting alone', () => {
  const only = on('haproxy');

  only('the cookie names the server in plain text, so that a client can choose one', async () => {
    const engine = await start('haproxy', 'sticky-cookie-local');
    for (const { id } of engine.servers) {
      expect((await engine.ask({ headers: { cookie: `hf_affinity_sticky-cookie-local=${id}` } })).by).toBe(id);
    }
  });

  only('the balancer keeps its cookie from the servers', async () => {
    const engine = await start('haproxy', 'sticky-cookie-local');
    const { cookie } = await boundClient(engine);
    expect((await engine.ask({ headers: { cookie: `a=1; ${cookie}` } })).sent.cookie).toBe('a=1');
  });

  only('weight 0 drains a server: bound clients stay, new ones go elsewhere', async () => {
    const drained = (file: string) => file.replace('cookie monolith-1\n', 'cookie monolith-1 weight 0\n');
    const engine = await start('haproxy', 'sticky-cookie-local', drained);
    const newcomers = [];
    for (let n = 0; n < 6; n++) newcomers.push((await engine.ask()).by);
    expect(newcomers).not.toContain('monolith-1');
    const cookie = 'hf_affinity_sticky-cookie-local=monolith-1';
    expect((await engine.ask({ headers: { cookie } })).by).toBe('monolith-1');
  });

  only('slow start is taken', async () => {
    const engine = await start('haproxy', 'round-robin-local', (file) =>
      file.replace('rise 1', 'rise 1 slowstart 10s'),
    );
    expect((await engine.ask()).status).toBe(200);
  });

  only('its usual hash of the address moves clients of other servers, too, when one dies', async () => {
    const engine = await start('haproxy', 'ip-hash-local', (file) => file.replace('  hash-type consistent\n', ''));
    const before = await engine.byAddress(ADDRESSES);
    const gone = before.get(ADDRESSES[0] ?? '');
    await engine.server(gone).die();
    const stayed = ADDRESSES.filter((address) => before.get(address) !== gone);
    const moved = async () => {
      const after = await engine.byAddress(stayed);
      return stayed.filter((address) => after.get(address) !== before.get(address)).length;
    };
    await until('they moved', async () => (await moved()) > stayed.length / 3, LEFT_OUT_MS);
  });
});

describe('Caddy by setting alone', () => {
  const only = on('caddy');

  only.each([
    ['slow start', 'health_timeout 3s', 'slow_start 10s'],
    ['drain', 'health_timeout 3s', 'drain'],
    ['a weight', 'lb_policy round_robin', 'lb_policy weighted_round_robin 1 1 0'],
  ])('does not know %s: the file is refused', async (_what, from, to) => {
    await expect(start('caddy', 'round-robin-local', (file) => file.replace(from, to))).rejects.toThrow(
      /unrecognized subdirective|module not registered/,
    );
  });

  only('the cookie is signed: a client cannot choose a server by its name or address', async () => {
    const engine = await start('caddy', 'sticky-cookie-local');
    const [server] = engine.servers;
    const { cookie } = await boundClient(engine);
    const name = cookie.split('=')[0];
    const chosen = [];
    for (let n = 0; n < 20; n++)
      chosen.push((await engine.ask({ headers: { cookie: `${name}=127.0.0.1:${server?.port}` } })).by);
    expect(new Set(chosen).size).toBeGreaterThan(1);
  });
});
