import { describe, expect, test } from '@jest/globals';
import { answerOf } from './fake-stage.fixture.js';
import { sessionPlace } from './session-place.js';
import type { Happening } from './stage.js';

const asked = (servedBy: string, session: string, status = 200, stranger = false): Happening => ({
  ...{ kind: 'request', scenario: 'here', label: 'read', stranger },
  answer: answerOf({ status, servedBy, session }),
});
const ended = (...ends: string[]): Happening => ({ kind: 'deed', text: '', ends });
const placeOf = (...happenings: Happening[]) => sessionPlace(happenings, 'here');

describe('the place of the session', () => {
  test('is unknown before anybody signed in', () => {
    expect(placeOf().at).toBe('unknown');
  });

  test('is the server that wrote it, whoever does not find it afterwards', () => {
    const happenings = [asked('m-2', 'memory;written', 201), asked('m-1', 'memory;missing', 401)];
    expect(placeOf(...happenings).at).toEqual({ server: 'm-2' });
  });

  test('is gone with that server, and with no other', () => {
    expect(placeOf(asked('m-2', 'memory;written'), ended('m-1')).at).toEqual({ server: 'm-2' });
    expect(placeOf(asked('m-2', 'memory;written'), ended('m-2')).at).toBe('gone');
  });

  test('is not moved by somebody else, or by another scenario', () => {
    const mine = asked('m-2', 'memory;written');
    expect(placeOf(mine, asked('m-3', 'memory;written', 201, true)).at).toEqual({ server: 'm-2' });
    expect(sessionPlace([mine], 'elsewhere').at).toBe('unknown');
  });

  test('is Redis for a shared store, with a copy where the near cache answered', () => {
    const happenings = [
      asked('auth-1', 'redis;written', 201),
      asked('todo-1', 'redis;read'),
      asked('todo-1', 'near-cache;read'),
    ];
    expect(placeOf(...happenings)).toEqual({ at: 'redis', copies: ['todo-1'], storeUnreachable: false });
    expect(placeOf(...happenings, ended('todo-1')).copies).toEqual([]);
  });

  test('in a dead Redis is unreachable, and there again after it', () => {
    const happenings = [asked('auth-1', 'redis;written', 201), ended('redis')];
    expect(placeOf(...happenings)).toMatchObject({ at: 'redis', storeUnreachable: true });
    expect(
      placeOf(...happenings, { ...ended('redis'), kind: 'deed', text: '', ends: [], mendsRedis: true }),
    ).toMatchObject({
      ...{ at: 'redis', storeUnreachable: false },
    });
  });
});
