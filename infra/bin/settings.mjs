// What a person may choose for `npm start`, checked as a whole. Plain JavaScript without imports from packages: it runs
// before anything is installed or built.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './root.mjs';

/**
 * @typedef {object} Settings
 * @property {number} gatewayPort 0: any free one
 * @property {number} adminPort 0: any free one
 * @property {number} replicas
 * @property {string} dataDir absolute
 * @property {string} logLevel
 * @property {boolean} all
 * @property {string[] | undefined} scenarios
 * @property {boolean} redisProxy
 */

export const usage = `npm start                          three monolith replicas, three of each service, gateway, console, Redis
npm start -- --all                 with every fleet of infra/system.yaml
npm start -- --scenarios a,b       only the fleets that these scenarios need
npm start -- --redis-proxy         services reach Redis through Toxiproxy, so that it can be made slow (POST /stores/redis/slow)
npm start -- --data-dir <folder>   where Redis keeps its data (DATA_DIR; default .data)
Variables: GATEWAY_PORT 8080, GATEWAY_ADMIN_PORT 9080, REPLICAS 3, REDIS_URL, MEMCACHED_URL, SESSION_SECRETS, LOG_LEVEL warn`;

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * Reads flags and environment; `problems` lists every mistake, none hides another.
 * @param {string[]} argv
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ help: boolean, problems: string[], settings: Settings }}
 */
export function readSettings(argv, env) {
  /** @type {string[]} */
  const problems = [];
  const flags = readFlags(argv, problems);
  const number = (
    /** @type {string} */ name,
    /** @type {number} */ fallback,
    /** @type {number} */ low,
    /** @type {number} */ high,
  ) => {
    const text = env[name]?.trim();
    if (text === undefined || text === '') return fallback;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= low && value <= high) return value;
    problems.push(
      `${name} is "${text}": it must be a whole number from ${low} to ${high}. Example: ${name}=${fallback}`,
    );
    return fallback;
  };
  const gatewayPort = number('GATEWAY_PORT', 8080, 0, 65_535);
  const adminPort = number('GATEWAY_ADMIN_PORT', 9080, 0, 65_535);
  if (gatewayPort === adminPort && gatewayPort !== 0) {
    problems.push(`GATEWAY_PORT and GATEWAY_ADMIN_PORT are both ${gatewayPort}: give the admin API a port of its own`);
  }
  const replicas = number('REPLICAS', 3, 1, 20);
  checkRedisUrl(env, problems);
  checkSession(env, problems);
  const logLevel = env.LOG_LEVEL || 'warn';
  if (!logLevels.includes(logLevel)) {
    problems.push(`LOG_LEVEL is "${logLevel}": it must be one of ${logLevels.join(', ')}`);
  }
  const scenarios = (flags.scenarios ?? flags.scenario)
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (scenarios?.length === 0) problems.push('--scenarios needs names. Example: --scenarios round-robin-cached');
  const dataDir = resolve(root, flags['data-dir'] ?? (env.DATA_DIR || '.data'));
  const all = flags.all === true;
  const help = flags.help === true;
  const redisProxy = flags['redis-proxy'] === true;
  const settings = { gatewayPort, adminPort, replicas, dataDir, logLevel, all, scenarios, redisProxy };
  return { help, problems, settings };
}

/** @param {string[]} argv @param {string[]} problems */
function readFlags(argv, problems) {
  try {
    const options = /** @type {const} */ ({
      all: { type: 'boolean' },
      scenarios: { type: 'string' },
      // The lab's spelling.
      scenario: { type: 'string' },
      'data-dir': { type: 'string' },
      'redis-proxy': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    });
    return parseArgs({ args: argv, options }).values;
  } catch (error) {
    problems.push(
      `${/** @type {Error} */ (error).message.split('.')[0]}. Flags: --all, --scenarios a,b, --redis-proxy, --data-dir <folder>`,
    );
    return {};
  }
}

/** @param {NodeJS.ProcessEnv} env @param {string[]} problems */
function checkRedisUrl(env, problems) {
  const text = env.REDIS_URL;
  if (!text) return;
  // The address itself may hold a password: it is not repeated.
  if (/^rediss?\+cluster:/.test(text)) {
    problems.push(
      'REDIS_URL names a Redis Cluster, which only services started alone use (docs/services.md). Give one Redis',
    );
  } else if (!URL.canParse(text) || !/^rediss?:$/.test(new URL(text).protocol)) {
    problems.push('REDIS_URL is not a Redis address. Example: REDIS_URL=redis://127.0.0.1:6379');
  }
}

/**
 * The mistakes that the services would find, in their words. Secrets that are easy to guess are found by `secretProblems`, once the session
 * package is built.
 * @param {NodeJS.ProcessEnv} env @param {string[]} problems
 */
function checkSession(env, problems) {
  const inProduction = env.NODE_ENV === 'production';
  if (!env.SESSION_SECRETS && inProduction) {
    problems.push('SESSION_SECRETS is not set: in production give one or more, separated by commas; the first signs');
  }
  problems.push(...secretProblems(env, (secret) => (secret.length < 16 ? TOO_SHORT : undefined)));
  if (!env.SESSION_SECURE && inProduction) {
    problems.push(
      'SESSION_SECURE is not set: in production say true if users connect over TLS, or false to send the session cookie over plain HTTP',
    );
  }
}

const TOO_SHORT = 'must be a string of at least 16 characters';

/**
 * What is wrong with the secrets in `SESSION_SECRETS`, each named by its place and never repeated.
 * @param {NodeJS.ProcessEnv} env
 * @param {(secret: string) => string | undefined} mistakeOf
 * @returns {string[]}
 */
export function secretProblems(env, mistakeOf) {
  const secrets = (env.SESSION_SECRETS ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '');
  if (env.SESSION_SECRETS && secrets.length === 0) return ['SESSION_SECRETS: give at least one'];
  return secrets.flatMap((secret, n) => {
    const mistake = mistakeOf(secret);
    return mistake === undefined ? [] : [`SESSION_SECRETS: number ${n + 1} ${mistake}`];
  });
}
