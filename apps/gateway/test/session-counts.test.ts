import { type Destination, startDestination } from '@holdfast/testing';
import { afterEach, expect, test } from '@jest/globals';
import { countSessions } from '../src/lab/sessions/session-counts.js';
import { type GatewayUnderTest, startGatewayUnderTest } from './support/gateway-under-test.js';

const UNKNOWN = { held: null, cached: null, said: null, heard: null };

let system: GatewayUnderTest | undefined;
let server: Destination | undefined;
afterEach(async () => {
  await system?.stop();
  await server?.stop();
});

test('the sessions of a server are those it tells of itself, and unknown where it tells none or is gone', async () => {
  server = await startDestination((request, response) => {
    const said =
      '# TYPE\nsession_held_sessions 12\nsession_cached_sessions 3\nchat_sent_total 5\nchat_delivered_total 8\n';
    response.end(request.url === '/metrics' ? said : '');
  });
  const { url } = server;
  expect(await countSessions([{ id: 'app-1', url }])).toEqual([
    { id: 'app-1', held: 12, cached: 3, said: 5, heard: 8 },
  ]);
  await server.stop();
  expect(await countSessions([{ id: 'app-1', url }])).toEqual([{ id: 'app-1', ...UNKNOWN }]);
});

test('the admin API tells them for one upstream', async () => {
  system = await startGatewayUnderTest();
  const reply = await system.admin('GET', '/upstreams/calm/sessions');
  // These destinations answer with their name, whatever they are asked.
  expect(reply.json()).toEqual({ destinations: ['calm-1', 'calm-2'].map((id) => ({ id, ...UNKNOWN })) });
  expect((await system.admin('GET', '/upstreams/none/sessions')).json()).toMatchObject({ code: 'unknown_upstream' });
});
