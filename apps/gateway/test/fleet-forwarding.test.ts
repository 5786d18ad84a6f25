import { type Destination, startDestination } from '@holdfast/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type GatewayUnderTest, startGatewayUnderTest } from './support/gateway-under-test.js';

let system: GatewayUnderTest | undefined;
let fleet: Destination | undefined;
afterEach(async () => {
  await system?.stop();
  await fleet?.stop();
});

/** A fleet that answers with what it was asked. */
async function startWithFleet(status = 200): Promise<GatewayUnderTest> {
  fleet = await startDestination(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.statusCode = status;
    response.end(JSON.stringify({ asked: `${request.method} ${request.url}`, body, code: 'wrong_state' }));
  });
  system = await startGatewayUnderTest({ fleetUrl: fleet.url });
  return system;
}

describe('the fleet behind the gateway', () => {
  test('is asked for its processes', async () => {
    const { admin } = await startWithFleet();
    expect((await admin('GET', '/fleet')).json()).toMatchObject({ asked: 'GET /fleet' });
  });

  test.each(['kill', 'pause', 'resume', 'restart', 'drain'])('is told to %s a process', async (action) => {
    const { admin } = await startWithFleet();
    const reply = await admin('POST', `/fleet/auth-1/${action}`);
    expect(reply.status).toBe(200);
    expect(reply.json()).toMatchObject({ asked: `POST /fleet/auth-1/${action}` });
  });

  test('is told how many replicas to run', async () => {
    const { admin } = await startWithFleet();
    const reply = await admin('POST', '/fleet/auth/scale', { body: { replicas: 5 } });
    expect(reply.json()).toMatchObject({ asked: 'POST /fleet/auth/scale', body: '{"replicas":5}' });
  });

  test.each(['kill', 'pause', 'resume', 'restart'])('is told to %s a store', async (action) => {
    const { admin } = await startWithFleet();
    const reply = await admin('POST', `/stores/redis/${action}`);
    expect([reply.status, reply.json().asked]).toEqual([200, `POST /stores/redis/${action}`]);
  });

  test.each([
    ['GET', '/lab/experiments', undefined, 'GET /lab/experiments'],
    ['GET', '/lab/runs', undefined, 'GET /lab/runs'],
    ['POST', '/lab/runs', { experiment: 'crash' }, 'POST /lab/runs'],
    ['POST', '/lab/runs/stop', undefined, 'POST /lab/runs/stop'],
    ['GET', '/lab/reports', undefined, 'GET /lab/reports'],
    ['GET', '/lab/reports/2026-11-27', undefined, 'GET /lab/reports/2026-11-27'],
  ])('is asked for the lab: %s %s', async (method, path, body, asked) => {
    const { admin } = await startWithFleet();
    expect((await admin(method, path, body === undefined ? {} : { body })).json()).toMatchObject({ asked });
  });

  test('is not asked for a report outside of the results', async () => {
    const { admin } = await startWithFleet();
    for (const id of ['..', '%2e%2e', 'a%2fb', 'a.b']) {
      expect([400, 404]).toContain((await admin('GET', `/lab/reports/${id}`)).status);
    }
    expect((await admin('POST', '/lab/runs', { body: { experiment: '../crash' } })).status).toBe(400);
  });

  test('is told how slow a store should be', async () => {
    const { admin } = await startWithFleet();
    const reply = await admin('POST', '/stores/redis/slow', { body: { ms: 5 } });
    expect(reply.json()).toMatchObject({ asked: 'POST /stores/redis/slow', body: '{"ms":5}' });
    for (const [path, body] of [
      ['/stores/redis/slow', { ms: -1 }],
      ['/stores/redis/slow', {}],
      ['/stores/redis/drain', {}],
    ] as const) {
      expect([path, (await admin('POST', path, { body })).status]).toEqual([path, 400]);
    }
  });

  test('has the last word on what cannot be done', async () => {
    const { admin } = await startWithFleet(409);
    const reply = await admin('POST', '/fleet/auth-1/resume');
    expect(reply.status).toBe(409);
    expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(reply.json()).toMatchObject({ code: 'wrong_state' });
  });

  test('is missed with a 502 when it is gone', async () => {
    const { admin } = await startWithFleet();
    await fleet?.stop();
    expect((await admin('GET', '/fleet')).json()).toMatchObject({ status: 502, code: 'fleet_unreachable' });
  });
});
