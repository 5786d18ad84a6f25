import { describe, expect, test } from '@jest/globals';
import { applyDelta, findDelta } from './delta.js';
import { handOut } from './serializer.js';

describe('the delta of a session', () => {
  const before = { a: '1', b: '{"x":[1]}', cookie: '{}' };
  const delta = (now: object) => findDelta(before, now, JSON, 'cookie');

  test('is nothing when nothing changed', () => {
    expect(delta({ a: 1, b: { x: [1] } })).toBeUndefined();
  });

  test('has what was set, changed in depth, or removed, and nothing else', () => {
    expect(delta({ a: 1, b: { x: [1, 2] }, c: null })).toEqual({
      set: [
        ['b', '{"x":[1,2]}'],
        ['c', 'null'],
      ],
      remove: [],
    });
    expect(delta({ b: { x: [1] } })).toEqual({ set: [], remove: ['a'] });
  });

  test('takes undefined and functions for no attribute, as JSON does', () => {
    expect(delta({ a: undefined, b: () => 1, c: undefined })).toEqual({ set: [], remove: ['a', 'b'] });
  });

  test('is nothing for an attribute that another language wrote with other spaces, escapes, numbers or order', () => {
    const foreign = { a: '1.0', b: '{"x": [1]}', c: '"caf\\u00e9"', d: '{"b":1,"1":2}' };
    const now = { a: 1, b: { x: [1] }, c: 'café', d: { b: 1, 1: 2 } };
    expect(findDelta(foreign, now, JSON)).toBeUndefined();
    expect(findDelta(foreign, { ...now, a: 2 }, JSON)).toEqual({ set: [['a', '2']], remove: [] });
  });

  test('has a change of an attribute whose earlier text its serializer cannot read', () => {
    expect(findDelta({ a: 'not JSON' }, { a: 1 }, JSON)).toEqual({ set: [['a', '1']], remove: [] });
  });

  test('leads from before to after', () => {
    expect(applyDelta(before, { set: [['a', '2']], remove: ['b'] })).toEqual({ a: '2', cookie: '{}' });
  });
});

describe('handing out attributes', () => {
  test('gives every reader its own copy', () => {
    const attributes = { a: '{"x":1}' };
    (handOut(attributes, JSON).values.a as { x: number }).x = 2;
    expect(handOut(attributes, JSON).values).toEqual({ a: { x: 1 } });
  });

  test('leaves out what cannot be read and what would be dangerous, so that neither is written or removed', () => {
    const attributes = Object.assign(Object.create(null), { a: '1', odd: '{', save: '2' });
    Object.defineProperty(attributes, '__proto__', { value: '{"admin":true}', enumerable: true });
    const { values, baseline } = handOut(attributes, JSON, (name) => name === 'save');
    expect(values).toEqual({ a: 1 });
    expect((values as { admin?: boolean }).admin).toBeUndefined();
    expect(findDelta(baseline, values, JSON)).toBeUndefined();
  });
});
