import { describe, expect, test } from '@jest/globals';
import type { ProcessStatus } from '../admin/shapes.js';
import { changedStates } from './process-states.js';

const one = (state: ProcessStatus['state'], pid: number | null = 7, id = 'redis') => ({ id, state, pid });

describe('changes of the states of processes', () => {
  test('are those to another state, stores included, and new processes', () => {
    expect(changedStates([one('ready')], [one('paused')])).toEqual([{ id: 'redis', state: 'paused' }]);
    expect(changedStates([one('paused')], [one('ready')])).toEqual([{ id: 'redis', state: 'ready' }]);
    expect(changedStates([one('ready', null)], [one('unreachable', null)])).toEqual([
      { id: 'redis', state: 'unreachable' },
    ]);
    expect(changedStates([one('ready')], [one('ready'), one('starting', 8, 'todo-4')])).toEqual([
      { id: 'todo-4', state: 'starting' },
    ]);
  });

  test('have a restart that was too fast to be seen, and no end, which its pid tells', () => {
    expect(changedStates([one('ready')], [one('ready', 8)])).toEqual([{ id: 'redis', state: 'ready' }]);
    expect(changedStates([one('ready')], [one('killed', null)])).toEqual([]);
    expect(changedStates([one('ready')], [one('ready')])).toEqual([]);
  });
});
