import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { eventsOptions } from './events-options.js';
import { readConfig } from './load-config.js';
import { envNumber, eventsEnv, redisEnv, serviceEnv, sessionEnv, sessionSecretsEnv } from './service-env.js';
import { sessionOptions } from './session-options.js';

const schema = z.object({
  ...serviceEnv,
  ...redisEnv,
  ...sessionEnv,
  SESSION_SECRETS: sessionSecretsEnv((secret) => (secret.length < 8 ? 'is short' : undefined)),
  MAX_TODOS: envNumber('todos').default(5),
});
const needed = { REDIS_URL: 'redis://127.0.0.1:6379' };
const read = (env: NodeJS.ProcessEnv) => {
  const result = readConfig(schema, { ...needed, ...env });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.config;
};

describe('readConfig', () => {
  test('fills in defaults, also for variables set to nothing', () => {
    expect(read({ PORT: '', KEY_PREFIX: '' })).toMatchObject({
      PORT: 0,
      KEY_PREFIX: 'hf:',
      MAX_TODOS: 5,
      HOST: '127.0.0.1',
    });
  });

  test('reports every problem at once, by variable, with what to write', () => {
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

  test('takes the masters of a Redis Cluster, and an address of another form is answered with the right form', () => {
    const url = 'redis+cluster://127.0.0.1:7001,127.0.0.1:7002';
    expect(read({ REDIS_URL: url }).REDIS_URL).toBe(url);
    const result = readConfig(schema, { REDIS_URL: 'redis+cluster://:hunter2@127.0.0.1:7001,nowhere' });
    expect(result).toMatchObject({
      ok: false,
      problems: [expect.stringMatching(/^REDIS_URL: must be .*redis\+cluster:\/\/10\.0\.0\.1:7001,10\.0\.0\.2:7001$/)],
    });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  test('needs the address of Memcached for its store, with or without the scheme', () => {
    expect(readConfig(schema, { ...needed, SESSION_STORE: 'memcached' })).toEqual({
      ok: false,
      problems: [expect.stringMatching(/^MEMCACHED_URL is not set: SESSION_STORE=memcached needs it, give memcached:/)],
    });
    for (const MEMCACHED_URL of ['127.0.0.1:11211', 'memcached://127.0.0.1:11211']) {
      expect(read({ SESSION_STORE: 'memcached', MEMCACHED_URL }).MEMCACHED_URL).toBe('127.0.0.1:11211');
    }
  });

  test('explains sessions on request, and never in production', () => {
    expect([read({ EXPLAIN_SESSION: '1' }), read({})].map(({ EXPLAIN_SESSION }) => EXPLAIN_SESSION)).toEqual([
      true,
      undefined,
    ]);
    const production = { NODE_ENV: 'production', SESSION_SECRETS: 'a-secret-of-enough-length', SESSION_SECURE: 'true' };
    expect(readConfig(schema, { ...needed, ...production, EXPLAIN_SESSION: '1' })).toEqual({
      ok: false,
      problems: [
        'EXPLAIN_SESSION: is refused in production, leave it out: it shows every client where sessions are kept',
      ],
    });
  });

  test('never repeats a value, which may be a secret', () => {
    const result = readConfig(schema, { ...needed, SESSION_SECRETS: 'hunter2' });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  test('requires secrets in production, and reports a missing one with the other problems', () => {
    const result = readConfig(schema, { ...needed, NODE_ENV: 'production', PORT: 'x' });
    expect(result).toMatchObject({
      ok: false,
      problems: [
        expect.stringMatching(/^PORT: /),
        expect.stringMatching(/^SESSION_SECRETS is not set: in production/),
        expect.stringMatching(/^SESSION_SECURE is not set: in production say true/),
      ],
    });
    const enough = { NODE_ENV: 'production', SESSION_SECRETS: 'a-secret-of-enough-length', SESSION_SECURE: 'false' };
    expect(read(enough).NODE_ENV).toBe('production');
  });

  test('is frozen', () => {
    expect(Object.isFrozen(read({}))).toBe(true);
  });
});

describe('sessionOptions', () => {
  test('keeps the order of the secrets: the first signs', () => {
    const config = read({ SESSION_SECRETS: 'new-secret-0123456789, old-secret-0123456789' });
    expect(sessionOptions(config, null).secrets).toEqual(['new-secret-0123456789', 'old-secret-0123456789']);
  });

  test('makes a random secret for local use, never in production', () => {
    expect(sessionOptions(read({}), null).secrets[0]?.length).toBeGreaterThanOrEqual(32);
    expect(() => sessionOptions({ ...read({}), NODE_ENV: 'production' }, null)).toThrow('SESSION_SECRETS is not set');
  });

  test('S9: names each secret that the check refuses by its place, never by itself', () => {
    const result = readConfig(schema, { ...needed, SESSION_SECRETS: 'a-secret-of-enough-length,hunter2' });
    expect(result).toEqual({ ok: false, problems: ['SESSION_SECRETS: number 2 is short'] });
  });

  test('leaves unset variables to the session package, so that its defaults are stated once', () => {
    expect(sessionOptions(read({}), null)).toMatchObject({
      ...{ secure: undefined, idleSeconds: undefined, absoluteSeconds: undefined, staleIfErrorMs: undefined },
    });
  });
});

describe('eventsEnv', () => {
  const events = z.object({ ...redisEnv, ...eventsEnv });
  const readEvents = (env: NodeJS.ProcessEnv) => readConfig(events, { ...needed, ...env });
  const problems = (env: NodeJS.ProcessEnv) => {
    const result = readEvents(env);
    return result.ok ? [] : result.problems;
  };

  test('C11: a broker without a port is named with the field and the fix', () => {
    expect(problems({ KAFKA_BROKERS: 'kafka' })).toEqual([
      'KAFKA_BROKERS: broker 1 is not host:port: write kafka:9092, or its own port',
    ]);
  });

  test.each([
    ['a:1,,b:2', /^KAFKA_BROKERS: broker 2 is empty/],
    ['a:1,', /^KAFKA_BROKERS: broker 2 is empty/],
    [',', /^KAFKA_BROKERS: broker 1 is empty/],
    ['a:1, b', /^KAFKA_BROKERS: broker 2 is not host:port: write b:9092/],
    ['a:0', /^KAFKA_BROKERS: broker 1 is not host:port: must be/],
    ['a:65536', /^KAFKA_BROKERS: broker 1 is not host:port/],
    ['kafka://a:9092', /^KAFKA_BROKERS: broker 1 is not host:port/],
    ['user:secret@a:9092', /^KAFKA_BROKERS: broker 1 is not host:port/],
  ])('C11: %s is refused', (brokers, message) => {
    const found = problems({ KAFKA_BROKERS: brokers });
    expect(found[0]).toMatch(message);
    expect(found.join()).not.toMatch(/is not set|secret/);
  });

  test('C11: brokers may have spaces around them', () => {
    expect(readEvents({ KAFKA_BROKERS: 'a:1, b.c-d:9092' })).toMatchObject({
      config: { KAFKA_BROKERS: ['a:1', 'b.c-d:9092'] },
    });
  });

  test('C10: an account and TLS reach the events package', () => {
    const dir = mkdtempSync(join(tmpdir(), 'holdfast-config-'));
    try {
      const ca = '-----BEGIN CERTIFICATE-----\nxyz\n-----END CERTIFICATE-----\n';
      writeFileSync(join(dir, 'ca.pem'), ca);
      const result = readEvents({
        KAFKA_BROKERS: 'a:9093',
        KAFKA_CLIENT: 'platformatic',
        KAFKA_SSL: 'true',
        KAFKA_CA_FILE: join(dir, 'ca.pem'),
        KAFKA_SASL_MECHANISM: 'scram-sha-512',
        KAFKA_USERNAME: 'ada',
        KAFKA_PASSWORD: 'secret',
      });
      expect(result.ok && eventsOptions(result.config)).toMatchObject({
        prefix: 'hf:',
        handlerTimeoutMs: 10_000,
        brokers: ['a:9093'],
        client: 'platformatic',
        ssl: { ca },
        sasl: { mechanism: 'scram-sha-512', username: 'ada', password: 'secret' },
      });
      const config = readEvents({});
      expect(config.ok && eventsOptions(config.config)).toMatchObject({ brokers: [], ssl: false, sasl: undefined });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  test('C10: half an account, a file that is none, an unknown mechanism are named, without their values', () => {
    expect(problems({ KAFKA_SASL_MECHANISM: 'plain' })).toEqual([
      'KAFKA_USERNAME is not set: KAFKA_SASL_MECHANISM needs it',
      'KAFKA_PASSWORD is not set: KAFKA_SASL_MECHANISM needs it',
    ]);
    expect(problems({ KAFKA_USERNAME: 'ada', KAFKA_PASSWORD: 'hunter2' })).toEqual([
      'KAFKA_SASL_MECHANISM is not set: KAFKA_USERNAME needs it',
      'KAFKA_SASL_MECHANISM is not set: KAFKA_PASSWORD needs it',
    ]);
    expect(problems({ KAFKA_SSL: 'true', KAFKA_CA_FILE: '/nowhere/ca.pem' })).toEqual([
      'KAFKA_CA_FILE: the file cannot be read (ENOENT): give the path of a PEM file',
    ]);
    expect(problems({ KAFKA_CA_FILE: '/dev/null' })).toEqual([
      expect.stringMatching(/^KAFKA_CA_FILE: the file holds no certificates/),
      'KAFKA_SSL is not set: KAFKA_CA_FILE needs it',
    ]);
    expect(problems({ KAFKA_SASL_MECHANISM: 'GSSAPI', KAFKA_USERNAME: 'ada', KAFKA_PASSWORD: 'hunter2' })).toEqual([
      'KAFKA_SASL_MECHANISM: must be plain, scram-sha-256 or scram-sha-512',
    ]);
  });
});
