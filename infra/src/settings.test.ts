import { describe, expect, test } from '@jest/globals';
import { readSettings } from '../bin/settings.mjs';

const settingsOf = (argv: string[], env: NodeJS.ProcessEnv = {}) => readSettings(argv, env);

describe('settings of npm start', () => {
  test('has the documented defaults', () => {
    const { settings, problems } = settingsOf([]);
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({ gatewayPort: 8080, adminPort: 9080, replicas: 3, logLevel: 'warn', all: false });
    expect(settings.dataDir).toMatch(/\/\.data$/);
    expect(settings.scenarios).toBeUndefined();
  });

  test('lists every problem at once, each with the variable and an example', () => {
    const env = {
      GATEWAY_PORT: '99999',
      REPLICAS: 'many',
      REDIS_URL: 'http://x',
      SESSION_SECRETS: 'short',
      LOG_LEVEL: 'loud',
    };
    const { problems } = settingsOf(['--fast'], env);
    expect(problems).toHaveLength(6);
    for (const name of ['--fast', 'GATEWAY_PORT', 'REPLICAS', 'REDIS_URL', 'SESSION_SECRETS', 'LOG_LEVEL']) {
      expect(problems.filter((problem) => problem.includes(name))).toHaveLength(1);
    }
  });

  test('never repeats a secret or an address that may hold a password', () => {
    const { problems } = settingsOf([], { SESSION_SECRETS: 'hunter2', REDIS_URL: 'http://:hunter2@x' });
    expect(problems.join()).not.toContain('hunter2');
  });

  test('S9: wants secrets and a word about the cookie in production, in the words of the services', () => {
    expect(settingsOf([], { NODE_ENV: 'production' }).problems).toEqual([
      'SESSION_SECRETS is not set: in production give one or more, separated by commas; the first signs',
      'SESSION_SECURE is not set: in production say true if users connect over TLS, or false to send the session cookie over plain HTTP',
    ]);
    const good = { NODE_ENV: 'production', SESSION_SECRETS: 'a-long-enough-secret', SESSION_SECURE: 'false' };
    expect(settingsOf([], good).problems).toEqual([]);
  });

  test('S9: names every short secret by its place', () => {
    expect(settingsOf([], { SESSION_SECRETS: 'short,a-long-enough-secret, tiny' }).problems).toEqual([
      'SESSION_SECRETS: number 1 must be a string of at least 16 characters',
      'SESSION_SECRETS: number 3 must be a string of at least 16 characters',
    ]);
    expect(settingsOf([], { SESSION_SECRETS: ' , ' }).problems).toEqual(['SESSION_SECRETS: give at least one']);
  });

  test('refuses one port for two listeners', () => {
    expect(settingsOf([], { GATEWAY_PORT: '9080' }).problems).toHaveLength(1);
    expect(settingsOf([], { GATEWAY_PORT: '0', GATEWAY_ADMIN_PORT: '0' }).problems).toEqual([]);
  });

  test('S16: --redis and --kafka start servers of their own; a mistake names the flag and the fix', () => {
    expect(settingsOf([]).settings).toMatchObject({ redis: 'single', kafka: 0 });
    const given = settingsOf(['--redis', 'cluster', '--kafka', '3']);
    expect(given.problems).toEqual([]);
    expect(given.settings).toMatchObject({ redis: 'cluster', kafka: 3 });
    const mistaken = settingsOf(['--redis', 'three', '--kafka', '2']).problems;
    expect(mistaken).toEqual([
      '--redis is "three": it must be single, sentinel or cluster. Example: --redis sentinel',
      '--kafka is "2": it must be 1 or 3, the number of brokers. Example: --kafka 3',
    ]);
    const env = { REDIS_URL: 'redis://127.0.0.1:6379', KAFKA_BROKERS: '127.0.0.1:9092' };
    const contradicting = settingsOf(['--redis', 'sentinel', '--redis-proxy', '--kafka', '1'], env).problems;
    expect(contradicting).toHaveLength(3);
    for (const fix of [/unset REDIS_URL/, /--redis-proxy delays a single Redis/, /unset KAFKA_BROKERS/]) {
      expect(contradicting.filter((problem) => fix.test(problem))).toHaveLength(1);
    }
  });

  test.each(['redis+sentinel://10.0.0.1:26379,10.0.0.2/main', 'rediss+cluster://:secret@10.0.0.1:7001,10.0.0.2:7001'])(
    'S16: REDIS_URL may be %s',
    (url) => {
      expect(settingsOf([], { REDIS_URL: url }).problems).toEqual([]);
    },
  );

  test('reads scenarios and the data folder from flags, which win over the environment', () => {
    const { settings } = settingsOf(['--scenarios', 'a, b', '--data-dir', '/x'], { DATA_DIR: '/y' });
    expect(settings.scenarios).toEqual(['a', 'b']);
    expect(settings.dataDir).toBe('/x');
  });
});
