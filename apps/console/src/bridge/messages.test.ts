import { describe, expect, test } from '@jest/globals';
import { marked, readCommand, readReport } from './messages.js';

describe('messages between page and frame', () => {
  test('carry a step to the frame', () => {
    const message = { type: 'perform', id: 3, step: { kind: 'add', title: 'tea' } } as const;
    expect(readCommand(marked(message))).toMatchObject(message);
  });

  test('tell the frame when a journey begins and when it is over', () => {
    for (const running of [true, false]) {
      expect(readCommand(marked({ type: 'journey', running }))).toMatchObject({ type: 'journey', running });
    }
  });

  test('tell the frame what became of a server', () => {
    for (const news of ['ended', 'away', 'back'] as const) {
      const message = { type: 'server', server: 'monolith-1', news } as const;
      expect(readCommand(marked(message))).toMatchObject(message);
    }
  });

  test('carry an outcome back', () => {
    const outage = 'The gateway is unreachable.';
    const outcome = { kind: 'read', status: null, code: 'no_answer', servedBy: null, missingTodos: 2, outage } as const;
    expect(readReport(marked({ type: 'done', id: 3, outcome }))).toMatchObject({ id: 3, outcome });
  });

  test('tell of a request and where its session was looked for', () => {
    const asked = {
      ...{ method: 'GET', path: '/todos', status: 200, code: null, servedBy: 'todo-1', reason: 'picked' },
      ...{ session: 'near-cache;read', sessionKey: 'hf:{3f}:x', at: 5, user: 'ada' },
    };
    expect(readReport(marked({ type: 'asked', asked }))).toMatchObject({ asked });
  });

  test('tell whether the client could be changed, and why not', () => {
    for (const refusal of [null, 'value: send letters'])
      expect(readReport(marked({ type: 'prepared', id: 3, refusal }))).toMatchObject({ id: 3, refusal });
  });

  test.each([[null], ['perform'], [{ type: 'perform', id: 1, step: { kind: 'read' } }], [{ mark: 'holdfast' }]])(
    'ignore %j, which is not ours',
    (data) => {
      expect(readCommand(data)).toBeNull();
      expect(readReport(data)).toBeNull();
    },
  );
});
