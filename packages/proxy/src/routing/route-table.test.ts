import { describe, expect, test } from '@jest/globals';
import { RouteTable } from './route-table.js';

const table = new RouteTable([
  { path: '/', name: 'any' },
  { path: '/api', name: 'api' },
  { path: '/api/v2', name: 'v2' },
  { host: 'shop.localhost', path: '/', name: 'shop' },
  { host: 'shop.localhost', path: '/cart/', name: 'cart' },
]);

function nameOf(host: string, path: string): string {
  const route = table.match(host, path, !/%|\\|\/\/|\/\./.test(path));
  return typeof route === 'string' ? route : route.name;
}

describe('a route', () => {
  test('is the longest prefix on whole segments', () => {
    expect(nameOf('x', '/api/v2/users')).toBe('v2');
    expect(nameOf('x', '/api/v20')).toBe('api');
    expect(nameOf('x', '/apis')).toBe('any');
    expect(nameOf('shop.localhost', '/cart')).toBe('cart');
    expect(nameOf('shop.localhost', '/carts')).toBe('shop');
  });

  test('of the host comes before those of any host, whatever its case and port', () => {
    expect(nameOf('SHOP.localhost:8080', '/x')).toBe('shop');
    expect(nameOf('shop.localhost', '/api')).toBe('shop');
    expect(nameOf('other.localhost', '/x')).toBe('any');
  });

  test('is ambiguous when decoding leads elsewhere, and found when it does not', () => {
    expect(nameOf('x', '/%61pi')).toBe('ambiguous');
    expect(nameOf('x', '//api')).toBe('ambiguous');
    expect(nameOf('x', '/api/%2e%2e/x')).toBe('ambiguous');
    expect(nameOf('x', '/api/%61')).toBe('api');
    expect(nameOf('x', '/a%2fb')).toBe('any');
    expect(nameOf('x', '/api/%zz')).toBe('api');
  });

  test('may be missing', () => {
    expect(new RouteTable([{ host: 'a', path: '/' }]).match('b', '/', true)).toBe('no-route');
  });
});
