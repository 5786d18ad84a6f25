import { describe, expect, test } from '@jest/globals';
import { createClient } from './client.js';
import type { Exchange } from './exchange.js';

/** A client whose requests are answered so, and what it sent and told. */
function answeredBy(answer: () => Response) {
  const sent: { url: string; method: string; body: unknown }[] = [];
  const told: Exchange[] = [];
  const client = createClient({
    baseUrl: 'https://app.example',
    fetch: async (url, init) => {
      const body = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
      sent.push({ url: String(url), method: init?.method ?? '', body });
      return answer();
    },
    onExchange: (exchange) => told.push(exchange),
  });
  return { client, sent, told };
}

const todo = { id: 't/1', title: 'one', done: true, createdAt: '2026-01-01T00:00:00.000Z' };

describe('a call', () => {
  test('sends what the interface wants and gives the body that came back', async () => {
    const { client, sent } = answeredBy(() => Response.json(todo, { headers: { 'x-served-by': 'todo-2' } }));
    expect(await client.changeTodo('t/1', { done: true })).toEqual({
      ok: true,
      status: 200,
      servedBy: 'todo-2',
      body: todo,
    });
    expect(sent).toEqual([{ url: 'https://app.example/todos/t%2F1', method: 'PATCH', body: { done: true } }]);
  });

  test('asks only for the part of a page that was given', async () => {
    const { client, sent } = answeredBy(() => Response.json({ epoch: 'e', messages: [], more: false }));
    await client.messages('lobby');
    await client.messages('lobby', { after: 3, limit: 10 });
    expect(sent.map(({ url }) => url.slice('https://app.example'.length))).toEqual([
      '/chat/rooms/lobby/messages',
      '/chat/rooms/lobby/messages?after=3&limit=10',
    ]);
  });

  test('gives a problem with its code, and the sentences of its fields', async () => {
    const problem = { type: 'about:blank', title: 'Bad Request', status: 400, code: 'invalid_request', requestId: '1' };
    const errors = [{ path: 'title', message: 'Give the todo a title.' }];
    const { client } = answeredBy(() => Response.json({ ...problem, errors }, { status: 400 }));
    expect(await client.addTodo('')).toMatchObject({
      ok: false,
      status: 400,
      code: 'invalid_request',
      detail: 'Give the todo a title.',
    });
  });

  test('gives an answer of a form that it does not know as one', async () => {
    const { client } = answeredBy(() => Response.json({ todos: 'none' }));
    expect(await client.todos()).toMatchObject({ ok: false, status: 200, code: 'unknown_answer' });
  });

  test('gives an error of somebody else on the way by its status', async () => {
    const { client } = answeredBy(() => new Response('<html>', { status: 502 }));
    expect(await client.me()).toMatchObject({ ok: false, status: 502, code: 'http_502' });
  });

  test('never throws, and tells every request', async () => {
    const { client, told } = answeredBy(() => {
      throw new TypeError('fetch failed');
    });
    expect(await client.logout()).toMatchObject({ ok: false, status: null, code: 'no_answer' });
    expect(told).toEqual([
      expect.objectContaining({ method: 'POST', path: '/auth/logout', status: null, code: 'no_answer', route: null }),
    ]);
  });

  test('tells what the headers say about the way and the session', async () => {
    const headers = { 'x-route': 'policy=round-robin;reason=policy;attempts=1', 'x-session': 'redis; hit' };
    const { client, told } = answeredBy(() => Response.json({ members: [] }, { headers }));
    await client.members('lobby');
    expect(told[0]).toMatchObject({ route: { policy: 'round-robin', reason: 'policy' }, session: 'redis; hit' });
  });
});
