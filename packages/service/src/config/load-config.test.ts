import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readConfig } from './load-config.js';
import { envNumber, redisEnv, serviceEnv, sessionEnv } from './service-env.js';
import { sessionOptions } from './session-options.js';

const schema = z.object({ ...serviceEnv, ...redisEnv, ...sessionEnv, MAX_TODOS: envNumber('todos').default(5) });
const needed = { REDIS_URL: 'redis://127.0.0.1:6379' };
const read = (env: NodeJS.ProcessEnv) => {
  const result = readConfig(schema, { ...needed, ...env });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.config;
};

describe('readConfig', () => {
  it('fills in defaults, also for variables set to nothing', () => {
    expect(read({ PORT: '', KEY_PREFIX: '' })).toMatchObject({
      PORT: 0,
      KEY_PREFIX: 'hf:',
      MAX_TODOS: 5,
      HOST: '127.0.0.1',
    });
  });

  it('reports every problem at once, by variable, with what to write', () => {
    const result = readConfig(schema, {
      PORT: '99999',
      LOG_LEVEL: 'loud',
      TRUSTED_PROXIES: 'here',
      SESSION_SECRETS: 'short',
    });
    expect(result).toMatchObject({ ok: false });
    const problems = result.ok ? [] : result.problems;
    for (const start of [
      'PORT: must be a port',
      'LOG_LEVEL: must be',
      'TRUSTED_PROXIES',
      'SESSION_SECRETS',
      'REDIS_URL is not set: must be redis://',
    ]) {
      expect(problems.some((problem) => problem.startsWith(start))).toBe(true);
    }
  });

  it('takes the masters of a Redis Cluster, and shows how they are written when they are not', () => {
    const url = 'redis+cluster://127.0.0.1:7001,127.0.0.1:7002';
    expect(read({ REDIS_URL: url }).REDIS_URL).toBe(url);
    const result = readConfig(schema, { REDIS_URL: 'redis+cluster://:hunter2@127.0.0.1:7001,nowhere' });
    expect(result).toMatchObject({
      ok: false,
      problems: [expect.stringMatching(/^REDIS_URL: must be .*redis\+cluster:\/\/10\.0\.0\.1:7001,10\.0\.0\.2:7001$/)],
    });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  it('never repeats a value, which may be a secret', () => {
    const result = readConfig(schema, { ...needed, SESSION_SECRETS: 'hunter2' });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  it('wants secrets in production, and says so among the other problems', () => {
    const result = readConfig(schema, { ...needed, NODE_ENV: 'production', PORT: 'x' });
    expect(result).toMatchObject({
      ok: false,
      problems: [expect.stringMatching(/^PORT: /), expect.stringMatching(/^SESSION_SECRETS is not set: in production/)],
    });
    expect(read({ NODE_ENV: 'production', SESSION_SECRETS: 'a-secret-of-enough-length' }).NODE_ENV).toBe('production');
  });

  it('is frozen', () => {
    expect(Object.isFrozen(read({}))).toBe(true);
  });
});

describe('sessionOptions', () => {
  it('keeps the order of the secrets: the first signs', () => {
    const config = read({ SESSION_SECRETS: 'new-secret-0123456789, old-secret-0123456789' });
    expect(sessionOptions(config, null).secrets).toEqual(['new-secret-0123456789', 'old-secret-0123456789']);
  });

  it('makes a secret up for local use, never in production', () => {
    expect(sessionOptions(read({}), null).secrets[0]?.length).toBeGreaterThanOrEqual(32);
    expect(() => sessionOptions(read({ NODE_ENV: 'production' }), null)).toThrow('SESSION_SECRETS is not set');
  });
});
