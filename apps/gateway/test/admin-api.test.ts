import { metricMistakes, startDestination } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { calmDescription, type GatewayUnderTest, startGatewayUnderTest } from './support/gateway-under-test.js';
import { waitFor } from './support/wait-for.js';

let system: GatewayUnderTest;
beforeAll(async () => {
  system = await startGatewayUnderTest();
});
afterAll(() => system.stop());

const problem = (status: number, code: string) => ({ status, code });
const idsIn = async (upstream: string): Promise<string[]> => {
  const { upstreams } = (await system.admin('GET', '/upstreams')).json() as {
    upstreams: { name: string; destinations: { id: string }[] }[];
  };
  return upstreams.find(({ name }) => name === upstream)?.destinations.map(({ id }) => id) ?? [];
};

describe('destinations', () => {
  test('are listed with state and counters', async () => {
    await system.traffic('storm.localhost');
    const { upstreams } = (await system.admin('GET', '/upstreams')).json();
    expect(upstreams).toContainEqual(
      expect.objectContaining({
        name: 'storm',
        destinations: [expect.objectContaining({ id: 'storm-1', state: 'up', inFlight: 0, boundClients: 0 })],
      }),
    );
  });

  test('can be added, and adding one twice changes nothing', async () => {
    const added = await startDestination((_request, response) => void response.end('storm-2'));
    const body = { id: 'storm-2', url: added.url };
    expect((await system.admin('POST', '/upstreams/storm/destinations', { body })).status).toBe(201);
    expect((await system.admin('POST', '/upstreams/storm/destinations', { body })).status).toBe(200);
    expect(await idsIn('storm')).toEqual(['storm-1', 'storm-2']);
    const seen = new Set(
      [await system.traffic('storm.localhost'), await system.traffic('storm.localhost')].map((r) => r.text),
    );
    expect(seen).toEqual(new Set(['storm-1', 'storm-2']));
    expect((await system.admin('DELETE', '/upstreams/storm/destinations/storm-2')).status).toBe(204);
    expect(await idsIn('storm')).toEqual(['storm-1']);
    await added.stop();
  });

  test('move to a new address under their old id, as after a restart', async () => {
    const first = await startDestination((_request, response) => void response.end('first'));
    const second = await startDestination((_request, response) => void response.end('second'));
    await system.admin('POST', '/upstreams/storm/destinations', { body: { id: 'moving', url: first.url } });
    await system.admin('POST', '/upstreams/storm/destinations', { body: { id: 'moving', url: second.url } });
    const answers = [await system.traffic('storm.localhost'), await system.traffic('storm.localhost')].map(
      ({ text }) => text,
    );
    expect(answers.sort()).toEqual(['second', 'storm-1']);
    await system.admin('DELETE', '/upstreams/storm/destinations/moving');
    await Promise.all([first.stop(), second.stop()]);
  });

  test('get no new clients while they drain, and some again after', async () => {
    expect((await system.admin('POST', '/upstreams/calm/destinations/calm-1/drain')).status).toBe(204);
    for (let n = 0; n < 4; n++) expect((await system.traffic('calm.localhost')).text).toBe('calm-2');
    expect((await system.admin('POST', '/upstreams/calm/destinations/calm-1/undrain')).status).toBe(204);
    const answers = [await system.traffic('calm.localhost'), await system.traffic('calm.localhost')].map(
      ({ text }) => text,
    );
    expect(answers.sort()).toEqual(['calm-1', 'calm-2']);
  });

  test('are chosen by another policy from the next request on, with all that the admin API did to them', async () => {
    await system.admin('POST', '/upstreams/calm/destinations/calm-1/drain');
    const reply = await system.admin('PUT', '/upstreams/calm/policy', { body: { policy: 'ip-hash' } });
    expect([reply.status, reply.json()]).toEqual([200, { policy: 'ip-hash' }]);
    const { headers, text } = await system.traffic('calm.localhost');
    expect([text, headers['x-route']]).toEqual(['calm-2', 'policy=ip-hash;reason=picked;attempts=1']);
    await system.admin('POST', '/upstreams/calm/destinations/calm-1/undrain');
    await system.admin('PUT', '/upstreams/calm/policy', { body: { policy: 'round-robin' } });
    expect((await system.traffic('calm.localhost')).headers['x-route']).toContain('policy=round-robin');
  });

  test.each([
    ['PUT', '/upstreams/calm/policy', { policy: 'dice' }, problem(400, 'invalid_request')],
    ['PUT', '/upstreams/constructor/policy', { policy: 'ip-hash' }, problem(404, 'unknown_upstream')],
    ['POST', '/upstreams/nope/destinations', { id: 'a', url: 'http://127.0.0.1:1' }, problem(404, 'unknown_upstream')],
    ['POST', '/upstreams/calm/destinations', { id: 'a', url: 'ftp://x' }, problem(400, 'invalid_destination')],
    ['POST', '/upstreams/calm/destinations', { id: '', url: 'http://x' }, problem(400, 'invalid_request')],
    ['POST', '/upstreams/calm/destinations', { id: 'a', url: 'http://x', extra: 1 }, problem(400, 'invalid_request')],
    ['POST', '/upstreams/calm/destinations', [], problem(400, 'invalid_request')],
    ['POST', '/upstreams/calm/destinations/nope/drain', undefined, problem(404, 'unknown_destination')],
    ['POST', '/upstreams/calm/destinations/calm-1/drain', { deadlineMs: -1 }, problem(400, 'invalid_request')],
    ['DELETE', '/upstreams/calm/destinations/nope', undefined, problem(404, 'unknown_destination')],
    ['DELETE', '/upstreams/__proto__/destinations/a', undefined, problem(400, 'invalid_request')],
    ['DELETE', '/upstreams/constructor/destinations/a', undefined, problem(404, 'unknown_upstream')],
    ['GET', '/fleet', undefined, problem(501, 'no_fleet')],
    ['POST', '/fleet/auth-1/explode', undefined, problem(400, 'invalid_request')],
    ['POST', '/fleet/auth/scale', { replicas: 'many' }, problem(400, 'invalid_request')],
  ])('%s %s with %j is refused as a problem', async (method, path, body, expected) => {
    const reply = await system.admin(method, path, body === undefined ? {} : { body });
    expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(reply.json()).toMatchObject({ ...expected, requestId: expect.any(String) });
    expect(reply.status).toBe(expected.status);
  });
});

describe('scenarios', () => {
  test('have a host each, below the domain and below the page', async () => {
    expect((await system.traffic('storm.localhost')).text).toBe('storm-1');
    expect((await system.traffic('storm.lab.localhost:8080')).text).toBe('storm-1');
  });

  test('are switched for the plain hosts, from the next request on, and nothing else is forgotten', async () => {
    await system.admin('POST', '/upstreams/calm/destinations/calm-1/drain');
    expect((await system.traffic('localhost')).text).toBe('calm-2');
    const reply = await system.admin('PUT', '/scenario', { body: { name: 'storm' } });
    expect(reply.json()).toMatchObject({ active: 'storm', scenarios: ['calm', 'storm', 'idle'] });
    for (const host of ['localhost', 'lab.localhost', '127.0.0.1', '[::1]']) {
      expect((await system.traffic(host)).text).toBe('storm-1');
    }
    expect((await system.traffic('calm.localhost')).text).toBe('calm-2');
    await system.admin('PUT', '/scenario', { body: { name: 'calm' } });
    await system.admin('POST', '/upstreams/calm/destinations/calm-1/undrain');
  });

  test('are listed with what the file tells of each, whether it runs, and its servers', async () => {
    const { list } = (await system.admin('GET', '/scenario')).json();
    const servers = (...names: string[]) => names.map((id) => ({ name: `server-${id.at(-1)}`, destinations: [id] }));
    expect(list).toEqual([
      { ...calmDescription, runs: true, servers: servers('calm-1', 'calm-2') },
      { name: 'storm', runs: true, servers: servers('storm-1') },
      { name: 'idle', runs: false, servers: [] },
    ]);
  });

  test('are not switched to while no server of theirs runs, and the refusal says how to start one', async () => {
    const refused = await system.admin('PUT', '/scenario', { body: { name: 'idle' } });
    expect(refused.json()).toMatchObject({
      ...problem(503, 'scenario_not_running'),
      detail: 'No server of idle runs, so calm stays: start it with: npm start -- --scenarios idle.',
    });
    expect((await system.admin('GET', '/scenario')).json()).toMatchObject({ active: 'calm' });
    expect((await system.traffic('localhost')).text).toMatch(/^calm-/);
  });

  test.each([
    [{ name: 'nope' }, 404],
    [{ name: 7 }, 400],
    [{}, 400],
    [{ name: 'calm', more: 1 }, 400],
  ])('refuse %j with %i', async (body, status) => {
    expect((await system.admin('PUT', '/scenario', { body })).status).toBe(status);
  });
});

describe('who may use it', () => {
  const page = () => `http://lab.localhost:${system.port}`;

  test('is the console page, with CORS for it alone', async () => {
    const headers = { origin: page(), 'sec-fetch-site': 'cross-site' };
    const read = await system.admin('GET', '/upstreams', { headers });
    expect(read.headers).toMatchObject({ 'access-control-allow-origin': page(), vary: 'origin' });
    const preflight = await system.admin('OPTIONS', '/scenario', { headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-methods']).toBe('GET, POST, PUT');
    const write = await system.admin('PUT', '/scenario', { headers, body: { name: 'calm' } });
    expect(write.status).toBe(200);
  });

  test('is not the page when it would redirect traffic', async () => {
    const headers = { origin: page(), 'sec-fetch-site': 'cross-site' };
    const body = { id: 'evil', url: 'http://127.0.0.1:1' };
    expect((await system.admin('POST', '/upstreams/calm/destinations', { headers, body })).status).toBe(403);
  });

  test.each(['http://evil.example', 'null'])('is no other page, such as %s', async (origin) => {
    for (const [method, path] of [
      ['GET', '/upstreams'],
      ['PUT', '/scenario'],
      ['OPTIONS', '/scenario'],
    ] as const) {
      const reply = await system.admin(method, path, { headers: { origin, 'sec-fetch-site': 'cross-site' } });
      expect(reply.json()).toMatchObject({ status: 403, code: 'cross_origin' });
      expect(reply.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('is no scenario, whose pages hold what users wrote', async () => {
    const origin = `http://storm.lab.localhost:${system.port}`;
    expect((await system.admin('GET', '/upstreams', { headers: { origin } })).status).toBe(403);
  });

  test('is nobody who came by a rebound name', async () => {
    const reply = await system.admin('GET', '/upstreams', { headers: { host: `evil.example:${system.adminPort}` } });
    expect(reply.json()).toMatchObject({ status: 403, code: 'host_not_allowed' });
  });
});

describe('what it shows', () => {
  test('is compressed for a page that takes it, with the same content', async () => {
    const url = `http://127.0.0.1:${system.adminPort}/upstreams`;
    const compressed = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
    expect(compressed.headers.get('content-encoding')).toBe('gzip');
    expect(compressed.headers.get('vary')).toMatch(/accept-encoding/i);
    expect(compressed.headers.get('content-type')).toMatch(/^application\/json/);
    const plain = await system.admin('GET', '/upstreams');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(await compressed.json()).toEqual(plain.json());
  });

  test('are metrics of the proxy', async () => {
    await system.traffic('storm.localhost');
    const { text } = await system.admin('GET', '/metrics');
    expect(text).toMatch(/^holdfast_proxy_destination_requests_total\{upstream="storm",destination="storm-1"\} [1-9]/m);
  });

  test('are metrics whose names promtool accepts', async () => {
    expect(metricMistakes((await system.admin('GET', '/metrics')).text)).toEqual([]);
  });

  test('are the scenarios, to those who ask for an unknown host', async () => {
    const answer = await system.traffic('nowhere.localhost');
    expect(answer.json()).toMatchObject({ status: 404, code: 'no_route' });
    expect(answer.json().detail).toContain('calm.localhost, storm.localhost');
  });

  test('are live decisions', async () => {
    const response = await fetch(`http://127.0.0.1:${system.adminPort}/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    let text = '';
    void (async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
    })().catch(() => undefined);
    await waitFor(async () => {
      await system.traffic('storm.localhost', '/secret?token=1');
      return text.includes('event: decision');
    });
    expect(text).toMatch(/"destination":"storm-1"/);
    expect(text).not.toContain('token');
    await response.body?.cancel().catch(() => undefined);
  });
});
