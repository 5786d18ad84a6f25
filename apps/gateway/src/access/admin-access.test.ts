import { describe, expect, test } from '@jest/globals';
import { pageOrigins } from '../lab/page-origins.js';
import { type AdminRequest, judgeAdminRequest } from './admin-access.js';

const origins = pageOrigins('localhost', 8080);
const judge = (request: Partial<AdminRequest>) =>
  judgeAdminRequest(
    { method: 'GET', path: '/upstreams', host: '127.0.0.1:9080', origin: undefined, fetchSite: undefined, ...request },
    origins,
  );

describe('admin access', () => {
  test.each(['127.0.0.1:9080', 'localhost:9080', '[::1]:9080', 'LOCALHOST'])(
    'answers to the loopback host %s',
    (host) => {
      expect(judge({ host })).toEqual({ allowed: true, page: false });
    },
  );

  test.each(['evil.example:9080', '127.0.0.1.evil.example', 'localhost.evil.example', '', undefined])(
    'refuses the host %s that a rebound name would carry',
    (host) => {
      expect(judge({ host })).toMatchObject({ allowed: false, code: 'host_not_allowed' });
    },
  );

  test('lets programs, which send no Origin, do everything', () => {
    expect(judge({ method: 'DELETE', path: '/upstreams/app/destinations/app-1' })).toEqual({
      allowed: true,
      page: false,
    });
  });

  test.each(['http://lab.localhost:8080', 'http://localhost:8080'])(
    'lets the console page at %s read and steer',
    (origin) => {
      for (const [method, path] of [
        ['GET', '/upstreams'],
        ['GET', '/events'],
        ['PUT', '/scenario'],
        ['PUT', '/upstreams/app/policy'],
        ['POST', '/fleet/auth-1/kill'],
        ['GET', '/lab/reports/2026-11-27'],
        ['POST', '/lab/runs'],
        ['POST', '/upstreams/app/destinations/app-1/drain'],
        ['OPTIONS', '/scenario'],
      ] as const) {
        expect(judge({ method, path, origin, fetchSite: 'cross-site' })).toEqual({ allowed: true, page: true });
      }
    },
  );

  test('does not let the page redirect traffic', () => {
    const origin = 'http://lab.localhost:8080';
    expect(judge({ method: 'POST', path: '/upstreams/app/destinations', origin })).toMatchObject({ allowed: false });
    expect(judge({ method: 'OPTIONS', path: '/upstreams/app/destinations', origin })).toMatchObject({ allowed: false });
    expect(judge({ method: 'DELETE', path: '/upstreams/app/destinations/a', origin })).toMatchObject({
      allowed: false,
    });
  });

  test.each([
    'http://evil.example',
    'null',
    'http://storm.lab.localhost:8080',
    'http://lab.localhost:8081',
    'https://lab.localhost:8080',
    'http://lab.localhost:8080.evil.example',
  ])('refuses the page at %s', (origin) => {
    expect(judge({ origin })).toMatchObject({ allowed: false, code: 'cross_origin' });
  });

  test('refuses a state change that a browser marks as cross-site, even without an Origin', () => {
    expect(judge({ method: 'POST', path: '/fleet/auth-1/kill', fetchSite: 'cross-site' })).toMatchObject({
      allowed: false,
    });
  });
});
