import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import * as contracts from './index.js';

const { changeTodoRequestSchema, clientFrameSchema, loginRequestSchema, registerRequestSchema } = contracts;

const account = { username: 'ada', password: 'correct horse battery' };
const refuses = (schema: z.ZodType, value: unknown) => expect(schema.safeParse(value).success).toBe(false);

describe('an account request', () => {
  test('accepts a name and a password', () => {
    expect(registerRequestSchema.parse(account)).toEqual(account);
  });

  test('keeps a password of 64 and of 256 characters whole', () => {
    for (const length of [64, 256]) {
      const password = 'p'.repeat(length);
      expect(registerRequestSchema.parse({ ...account, password }).password).toBe(password);
    }
  });

  test('counts characters, not UTF-16 units, towards the shortest password', () => {
    refuses(registerRequestSchema, { ...account, password: '😀😀😀😀' });
    expect(registerRequestSchema.safeParse({ ...account, password: '😀'.repeat(8) }).success).toBe(true);
  });

  test.each([
    ['an operator instead of text', '{"username":{"$ne":""},"password":{"$ne":""}}'],
    ['a list instead of text', '{"username":["ada"],"password":["x"]}'],
    ['a list instead of a body', '[]'],
    ['null', 'null'],
    ['an own __proto__', '{"username":"ada","password":"correct horse battery","__proto__":{"admin":true}}'],
    ['a constructor', '{"username":"ada","password":"correct horse battery","constructor":{"prototype":{}}}'],
    ['an unknown field', '{"username":"ada","password":"correct horse battery","admin":true}'],
  ])('refuses %s', (_, json) => {
    refuses(registerRequestSchema, JSON.parse(json));
    refuses(loginRequestSchema, JSON.parse(json));
  });

  test.each(['a', '-ada', 'ada ', 'ad a', 'аda', 'a'.repeat(65), 'a\u0000b', ''])('refuses the name %j', (username) => {
    refuses(registerRequestSchema, { ...account, username });
  });
});

describe('a todo change', () => {
  test('needs something to change', () => {
    refuses(changeTodoRequestSchema, {});
    expect(changeTodoRequestSchema.parse({ done: true })).toEqual({ done: true });
  });
});

describe('text that is stored', () => {
  test('is made of whole characters, so that an answer equals the stored text', () => {
    const { addTodoRequestSchema, messageTextSchema } = contracts;
    refuses(addTodoRequestSchema, { title: 'a\ud800b' });
    refuses(messageTextSchema, 'a\udc00b');
    expect(addTodoRequestSchema.parse({ title: '🙂' }).title).toBe('🙂');
    expect(messageTextSchema.parse('🙂')).toBe('🙂');
  });
});

describe('a chat frame', () => {
  test('is identified by its type', () => {
    expect(clientFrameSchema.parse({ type: 'join', room: 'lobby' }).type).toBe('join');
    refuses(clientFrameSchema, { type: 'shout', room: 'lobby' });
    refuses(clientFrameSchema, { type: 'join', room: '../etc' });
  });
});

describe('every shape', () => {
  test('can be written as JSON Schema, for OpenAPI', () => {
    const shapes = (Object.values(contracts) as unknown[]).filter((value) => value instanceof z.ZodType);
    expect(shapes.length).toBeGreaterThan(20);
    for (const shape of shapes) expect(() => z.toJSONSchema(shape, { io: 'input' })).not.toThrow();
  });
});
