import { expect, test } from '@jest/globals';
import { newEvent, readEvent } from './envelope.js';

const added = () => newEvent('todo.added', { key: 'u1', data: { todoId: 't1', name: 'ada' }, requestId: 'r1' });

test('an event survives being written and read', () => {
  const event = added();
  expect(readEvent(JSON.stringify(event))).toEqual({ ok: true, event });
});

test('what is not in the catalogue is dropped before it leaves: no title, no password', () => {
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

test('what is no event is bad, with the reason', () => {
  for (const text of ['', 'x', '{}', JSON.stringify({ ...added(), data: {} })]) {
    expect(readEvent(text)).toMatchObject({
      ok: false,
      unknown: false,
      reason: expect.stringMatching(/not an event|bad data/),
    });
  }
});
