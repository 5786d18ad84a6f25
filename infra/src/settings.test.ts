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

  test('wants secrets in production', () => {
    expect(settingsOf([], { NODE_ENV: 'production' }).problems[0]).toMatch(/^SESSION_SECRETS is required/);
    expect(settingsOf([], { NODE_ENV: 'production', SESSION_SECRETS: 'a-long-enough-secret' }).problems).toEqual([]);
  });

  test('refuses one port for two listeners', () => {
    expect(settingsOf([], { GATEWAY_PORT: '9080' }).problems).toHaveLength(1);
    expect(settingsOf([], { GATEWAY_PORT: '0', GATEWAY_ADMIN_PORT: '0' }).problems).toEqual([]);
  });

  test('reads scenarios and the data folder from flags, which win over the environment', () => {
    const { settings } = settingsOf(['--scenarios', 'a, b', '--data-dir', '/x'], { DATA_DIR: '/y' });
    expect(settings.scenarios).toEqual(['a', 'b']);
    expect(settings.dataDir).toBe('/x');
  });
});
