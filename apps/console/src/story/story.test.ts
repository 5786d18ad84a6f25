import { describe, expect, test } from '@jest/globals';
import { AdminError } from '../admin/admin-client.js';
import { fakeStage, MemoryServers } from './fake-stage.fixture.js';
import { STORY } from './steps/index.js';
import { STORY_LENGTH, storyIndex } from './story-query.js';

function stepOf(title: string) {
  const step = STORY.find((each) => each.title === title);
  if (step === undefined) throw new Error(`there is no step ${title}`);
  return step;
}

describe('the story', () => {
  test('has ten steps, as the query is read for', () => {
    expect(STORY).toHaveLength(STORY_LENGTH);
  });

  test.each([
    ['', null],
    ['?left=a', null],
    ['?story=1', 0],
    ['?story=6', 5],
    ['?story=99', 9],
    ['?story=-3', 0],
    ['?story', 0],
  ])('%s enters at %p', (query, index) => {
    expect(storyIndex(query)).toBe(index);
  });

  test('one server keeps the login', async () => {
    const servers = new MemoryServers(['monolith-1']);
    const { stage } = fakeStage(servers.answer);
    expect(await stepOf('One server').run(stage)).toMatch(/^monolith-1 answered all 7 requests, and nothing was lost/);
  });

  test('a second server signs the user out every other time, and the sentence counts it', async () => {
    const servers = new MemoryServers(['monolith-1', 'monolith-2']);
    const { stage } = fakeStage(servers.answer);
    expect(await stepOf('A second server').run(stage)).toBe(
      'monolith-1 knows you and monolith-2 does not: you were signed out 3 times in 6 requests.',
    );
  });

  test('a changed address is told only if it led to another server', async () => {
    const { stage } = fakeStage((_scenario, { path }) =>
      path === '/todos' ? { status: 200, servedBy: 'monolith-2' } : { status: 201, servedBy: 'monolith-2' },
    );
    expect(await stepOf('One office, then a train').run(stage)).toMatch(
      /of 12 new addresses every one led to the same/,
    );
  });

  test('an update and a scale-in each sign the user out, whichever server has the user', async () => {
    for (const home of ['monolith-1', 'monolith-2']) {
      const servers = new MemoryServers(home === 'monolith-1' ? [home, 'monolith-2'] : [home, 'monolith-1'], true);
      const { stage, deeds } = fakeStage(servers.answer);
      let last = '';
      const playing: typeof stage = {
        ...stage,
        act: async (id, ...rest) => {
          last = id;
          await stage.act(id, ...rest);
          servers.start(id);
        },
        scale: async (app, replicas, ...rest) => {
          await stage.scale(app, replicas, ...rest);
          if (replicas === 1) servers.end('monolith-2');
          else servers.start('monolith-2');
        },
      };
      const told = await stepOf('An update, and a quiet evening').run(playing);
      expect(told).toMatch(/signed out twice/);
      expect(deeds).toContain('monolith × 1');
      expect(last).toBe('monolith-1');
      expect(deeds.filter((deed) => deed.startsWith('restart'))).toHaveLength(1);
    }
  });

  test('Redis away is unreachable, not signed out', async () => {
    let dead = false;
    const { stage } = fakeStage((scenario, { path }) => {
      if (dead && scenario === 'round-robin-cached')
        return { status: 503, code: 'session_unavailable', servedBy: 'todo-1' };
      return { status: path === '/auth/register' ? 201 : 200, servedBy: 'todo-1', body: { todos: [] } };
    });
    const act: typeof stage.act = async (_id, action) => {
      dead = action === 'kill';
    };
    expect(await stepOf('Redis dies').run({ ...stage, act })).toBe(
      'With Redis unreachable 4 of 4 requests failed and nobody was signed out, while server memory answered 4 of 4; Redis is back, and the login is there again.',
    );
  });

  test('a machine without another language is told so, with the way to get one', async () => {
    let opened = 0;
    const { stage } = fakeStage(
      () => ({ status: 201, servedBy: 'auth-1' }),
      () =>
        new Map([
          ['chat-1', opened++ > 0 ? 1 : 0],
          ['chat-2', opened > 3 ? 1 : 0],
        ]),
    );
    const scale: typeof stage.scale = async () => {
      throw new AdminError('no app reader', 'unknown_app');
    };
    expect(await stepOf('Chat, and a second language').run({ ...stage, scale })).toMatch(/php-cli php-redis/);
  });

  test('a sign-up that is refused stops the step with the reason', async () => {
    const { stage } = fakeStage(() => ({ status: 429, code: 'too_many_attempts' }));
    await expect(stepOf('One server').run(stage)).rejects.toThrow(/429 \(too_many_attempts\)/);
  });
});
