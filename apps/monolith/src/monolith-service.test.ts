import { readConfig } from '@holdfast/service';
import { describe, expect, test } from '@jest/globals';
import { monolithEnv } from './monolith-service.js';

describe('the monolith', () => {
  test('keeps sessions and todos in server memory by default', () => {
    const read = (env: NodeJS.ProcessEnv) => readConfig(monolithEnv, { REDIS_URL: 'redis://127.0.0.1:1', ...env });
    expect(read({})).toMatchObject({ ok: true, config: { SESSION_STORE: 'memory', TODO_STORE: 'memory' } });
    expect(read({ SESSION_STORE: 'cached', TODO_STORE: 'redis' })).toMatchObject({
      ok: true,
      config: { SESSION_STORE: 'cached', TODO_STORE: 'redis' },
    });
  });
});
