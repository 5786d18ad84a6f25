import { describe, expect, test } from '@jest/globals';
import { hash32 } from '../hash.js';
import { AffinityTokens } from './affinity-cookie.js';
import { bestByAddress } from './best-by-address.js';
import { chooseBound } from './choose-bound.js';
import { clientOf, newClient } from './client-part.js';
import { ClientWindow } from './client-window.js';
import { cookieAttributes } from './cookie-attributes.js';
import { readCookie, withoutCookie } from './read-cookie.js';

describe('affinity tokens', () => {
  test('name their destination, in their upstream only', () => {
    const tokens = new AffinityTokens<string>(['first-secret']);
    const token = tokens.register('app', 'app-1', 'the first');
    const value = tokens.issue('app', token, undefined);
    expect(tokens.read('app', value)?.destination).toBe('the first');
    expect(tokens.read('other', value)).toBeUndefined();
  });

  test('P6: of a destination that was removed are known as such, also after the upstream was made anew', () => {
    const tokens = new AffinityTokens<string>(['first-secret']);
    const value = tokens.issue('app', tokens.register('app', 'app-1', 'the first'), undefined);
    tokens.forget('app', 'app-1');
    expect(tokens.read('app', value)).toMatchObject({ destination: null });
    tokens.register('app', 'app-1', 'the first again');
    expect(tokens.read('app', value)?.destination).toBe('the first again');
  });

  test('differ by secret, upstream and id, and old secrets are still read', () => {
    const old = new AffinityTokens<string>(['old']);
    const value = old.issue('app', old.register('app', 'x', 'x'), undefined);
    const rotated = new AffinityTokens<string>(['new', 'old']);
    const token = rotated.register('app', 'x', 'x');
    expect(rotated.read('app', value)).toMatchObject({ destination: 'x', isCurrent: false });
    expect(rotated.read('app', rotated.issue('app', token, value))?.isCurrent).toBe(true);
    expect(rotated.issue('app', token, value)).not.toBe(value);
    const foreign = new AffinityTokens<string>(['new']);
    foreign.register('app', 'x', 'x');
    expect(foreign.read('app', value)).toBeUndefined();
  });

  test('keep the client part and what other upstreams said, but nothing invented', () => {
    const tokens = new AffinityTokens<string>(['secret']);
    const a = tokens.register('a', 'x', 'ax');
    const b = tokens.register('b', 'x', 'bx');
    const first = tokens.issue('a', a, undefined);
    const second = tokens.issue('b', b, `${first}.${'z'.repeat(22)}`);
    expect(clientOf(second)).toBe(clientOf(first));
    expect(second.split('.').slice(1)).toEqual([b, a]);
  });
});

describe('bindings with a time limit', () => {
  const start = 1_700_000_000_000;

  test('P7: end after their time, and not earlier', () => {
    let now = start + 1;
    const tokens = new AffinityTokens<string>(['secret'], () => now);
    const value = tokens.issue('app', tokens.register('app', 'x', 'x', true), undefined);
    now += 2000;
    expect(tokens.read('app', value, 2)).toMatchObject({ destination: 'x', isCurrent: true });
    now += 101;
    expect(tokens.read('app', value, 2)).toBeUndefined();
  });

  test('P7: have a time that a client can neither change nor leave out', () => {
    let now = start;
    const tokens = new AffinityTokens<string>(['secret'], () => now);
    const value = tokens.issue('app', tokens.register('app', 'x', 'x', true), undefined);
    now += 1000;
    const later = tokens.issue('app', tokens.register('app', 'x', 'x', true), value);
    const [client = '', entry = ''] = value.split('.');
    const [, laterEntry = ''] = later.split('.');
    const patched = `${client}.${laterEntry.slice(0, 29)}${entry.slice(29)}`;
    for (const forged of [patched, `${client}.${entry.slice(0, 22)}`, `${client}.${entry.slice(0, -1)}`]) {
      expect(tokens.read('app', forged, 3600)).toBeUndefined();
    }
    expect(tokens.read('app', later, 3600)?.issuedMs).toBe(now);
  });

  test('P7: a cookie from before the limit was set is known, without a time', () => {
    const tokens = new AffinityTokens<string>(['secret'], () => start);
    const value = tokens.issue('app', tokens.register('app', 'x', 'x'), undefined);
    tokens.register('app', 'x', 'x', true);
    expect(tokens.read('app', value, 60)).toMatchObject({ destination: 'x', issuedMs: undefined });
  });

  test('P7: stand beside entries without one in the same cookie', () => {
    const tokens = new AffinityTokens<string>(['secret'], () => start);
    const aged = tokens.register('a', 'x', 'ax', true);
    const plain = tokens.register('b', 'x', 'bx');
    const both = tokens.issue('b', plain, tokens.issue('a', aged, undefined));
    expect(tokens.read('a', both, 60)?.destination).toBe('ax');
    expect(tokens.read('b', both)?.destination).toBe('bx');
  });
});

test('a client part is eight characters, and another one each time', () => {
  const clients = new Set(Array.from({ length: 5000 }, newClient));
  expect(clients.size).toBe(5000);
  for (const client of clients) expect(clientOf(`${client}.x`)).toBe(client);
  expect(clientOf('short.x')).toBeUndefined();
});

describe('binding by address', () => {
  const four = ['a', 'b', 'c', 'd'].map((id) => ({ id, hash: hash32(id), configuredWeight: 1 }));
  const all = (): boolean => true;

  test('P5: without its destination an address has one other, always the same', () => {
    for (let key = 0; key < 100; key++) {
      const home = bestByAddress(four, hash32(`10.0.0.${key}`), all);
      const next = bestByAddress(four, hash32(`10.0.0.${key}`), (one) => one !== home);
      for (const gone of four) {
        if (gone === home || gone === next) continue;
        expect(bestByAddress(four, hash32(`10.0.0.${key}`), (one) => one !== home && one !== gone)).toBe(next);
      }
    }
  });

  test('P5: the addresses of one that is gone spread over the others, by weight', () => {
    const weighted = four.map((one, index) => ({ ...one, configuredWeight: index === 3 ? 3 : 1 }));
    const counts = new Map<string, number>();
    for (let key = 0; key < 3000; key++) {
      const id = bestByAddress(weighted, hash32(`key ${key}`), (one) => one.id !== 'a')?.id ?? '';
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect((counts.get('d') ?? 0) / (counts.get('b') ?? 1)).toBeGreaterThan(2);
    expect(counts.get('a')).toBeUndefined();
  });
});

test('P18: the attributes of the cookie follow its settings', () => {
  const plain = { sameSite: 'lax', path: '/', secure: false } as const;
  expect(cookieAttributes(plain)).toBe('; Path=/; HttpOnly; SameSite=Lax');
  expect(cookieAttributes({ ...plain, sameSite: 'none', domain: 'a.org', path: '/app' })).toBe(
    '; Path=/app; HttpOnly; SameSite=None; Domain=a.org; Secure; Partitioned',
  );
  expect(cookieAttributes({ ...plain, sameSite: 'strict', secure: true })).toBe(
    '; Path=/; HttpOnly; SameSite=Strict; Secure',
  );
});

test('P18: a hidden cookie is taken out, and nothing else', () => {
  expect(withoutCookie('a=1; aff=x; b=2; aff=y;c=aff=3', 'aff')).toBe('a=1; b=2; c=aff=3');
  expect(withoutCookie(' aff=x', 'aff')).toBe('');
});

test('a bound client stays, stays while it drains, moves, or is refused', () => {
  const refuse = { onFailure: 'refuse', whenDraining: 'keep' } as const;
  const redistribute = { onFailure: 'redistribute', whenDraining: 'keep' } as const;
  expect(chooseBound(undefined, refuse)).toBe('unbound');
  expect(chooseBound({ acceptsBound: true, draining: false }, refuse)).toBe('stay');
  expect(chooseBound({ acceptsBound: true, draining: true }, refuse)).toBe('stay-draining');
  expect(chooseBound({ acceptsBound: false, draining: true }, redistribute)).toBe('redistribute');
  expect(chooseBound({ acceptsBound: false, draining: false }, refuse)).toBe('refuse');
});

test('a drain may move bound clients at once; a destination that does not drain keeps them', () => {
  const move = { onFailure: 'refuse', whenDraining: 'move' } as const;
  expect(chooseBound({ acceptsBound: true, draining: true }, move)).toBe('redistribute');
  expect(chooseBound({ acceptsBound: true, draining: false }, move)).toBe('stay');
});

test('a cookie is found by its whole name', () => {
  expect(readCookie('a=1; aff=2; xaff=3', 'aff')).toBe('2');
  expect(readCookie('xaff=3;aff=4', 'aff')).toBe('4');
  expect(readCookie('affx=1; b=aff', 'aff')).toBeUndefined();
  expect(readCookie('', 'aff')).toBeUndefined();
  expect(readCookie('aff', 'aff')).toBeUndefined();
});

test('clients are counted once over the last two periods', () => {
  const window = new ClientWindow();
  for (const client of ['a', 'b', 'a']) window.seen(client);
  window.turn();
  for (const client of ['b', 'c']) window.seen(client);
  expect(window.count).toBe(3);
  window.turn();
  window.turn();
  expect(window.count).toBe(0);
});
