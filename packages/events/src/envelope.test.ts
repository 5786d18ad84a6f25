import { expect, test } from '@jest/globals';
import { keyOf, newEvent, readEvent } from './envelope.js';

const added = () => newEvent('todo.added', { key: 'u1', data: { todoId: 't1', name: 'ada' }, requestId: 'r1' });

test('an event survives being written and read', () => {
  const event = added();
  expect(readEvent(JSON.stringify(event))).toEqual({ ok: true, event });
});

test('attributes outside the catalogue are dropped before an event leaves: no title, no password', () => {
  const data = { todoId: 't1', name: 'ada', title: 'secret plans' };
  expect(newEvent('todo.added', { key: 'u1', data }).data).toEqual({ todoId: 't1', name: 'ada' });
});

test('data that does not fit never becomes an event', () => {
  expect(() => newEvent('todo.added', { key: 'u1', data: { todoId: '', name: 'ada' } })).toThrow();
});

test('a type or version of a newer release is unknown, not bad', () => {
  const event = added();
  for (const newer of [{ type: 'todo.painted' }, { version: 2 }, { type: 'toString' }]) {
    expect(readEvent(JSON.stringify({ ...event, ...newer }))).toMatchObject({ ok: false, unknown: true });
  }
});

test('a text that is not an event is bad, with the reason', () => {
  for (const text of ['', 'x', '{}', JSON.stringify({ ...added(), data: {} })]) {
    expect(readEvent(text)).toMatchObject({
      ok: false,
      unknown: false,
      reason: expect.stringMatching(/not an event|bad data/),
    });
  }
});

test('C4: the key is read without the rest, also from an event of a newer release', () => {
  const event = added();
  for (const newer of [{}, { type: 'todo.painted' }, { version: 2 }, { data: {} }]) {
    expect(keyOf(JSON.stringify({ ...event, ...newer }))).toBe('u1');
  }
  for (const text of ['', 'x', 'null', '{}', '{"key":""}', '{"key":7}']) expect(keyOf(text)).toBeUndefined();
});
