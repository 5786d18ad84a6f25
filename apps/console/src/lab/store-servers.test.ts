import { expect, test } from '@jest/globals';
import type { ProcessStatus } from '../admin/shapes.js';
import { redisAnswers, redisServers } from './store-servers.js';

const server = (id: string, state: ProcessStatus['state'] = 'ready', app = id.split('-')[0] ?? id): ProcessStatus => ({
  ...{ id, app, state, fleet: 'stores', pid: 1, restarts: 0 },
});

test('Redis is its one server, or all of several and their Sentinels', () => {
  const several = [server('todo-1'), server('redis-1'), server('redis-2'), server('sentinel-1')];
  expect(redisServers(several).map(({ id }) => id)).toEqual(['redis-1', 'redis-2', 'sentinel-1']);
  expect(redisServers(null)).toEqual([]);
});

test.each([
  [[server('redis')], true],
  [[server('redis', 'paused')], false],
  [[server('redis-1'), server('redis-2')], true],
  [[server('redis-1', 'killed'), server('redis-2')], null],
  [[server('redis-1', 'killed'), server('redis-2', 'paused'), server('sentinel-1')], false],
  [[], null],
])('whether it answers is known of all or none of its servers (%#)', (processes, answers) => {
  expect(redisAnswers(processes)).toBe(answers);
});
