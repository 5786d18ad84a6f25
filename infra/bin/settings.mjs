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
 * @property {'single' | 'sentinel' | 'cluster'} redis
 * @property {0 | 1 | 3} kafka
 */

export const usage = `npm start                          three monolith replicas, three of each service, gateway, console, Redis
npm start -- --all                 with every fleet of infra/system.yaml
npm start -- --scenarios a,b       only the fleets that these scenarios need
npm start -- --redis-proxy         services reach Redis through Toxiproxy, so that it can be made slow (POST /stores/redis/slow)
npm start -- --redis sentinel      a Redis with two replicas and three Sentinels; cluster: three masters with a replica each
npm start -- --kafka 3             events go through three Kafka brokers (or 1) instead of Redis Streams; needs Java 17 and Maven
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
  const redis = readRedisProfile(flags, env, problems);
  const kafka = readBrokers(flags.kafka, env, problems);
  const settings = { gatewayPort, adminPort, replicas, dataDir, logLevel, all, scenarios, redisProxy, redis, kafka };
  return { help, problems, settings };
}

/**
 * @param {{ redis?: string, 'redis-proxy'?: boolean }} flags @param {NodeJS.ProcessEnv} env @param {string[]} problems
 * @returns {Settings['redis']}
 */
function readRedisProfile(flags, env, problems) {
  const profile = /** @type {const} */ (['single', 'sentinel', 'cluster']).find((each) => each === flags.redis);
  if (flags.redis === undefined || profile === 'single') return 'single';
  if (profile === undefined) {
    problems.push(`--redis is "${flags.redis}": it must be single, sentinel or cluster. Example: --redis sentinel`);
    return 'single';
  }
  if (env.REDIS_URL) {
    problems.push(
      `--redis ${profile} starts a Redis of its own, and REDIS_URL names another: unset REDIS_URL, or leave the flag out`,
    );
  }
  if (flags['redis-proxy']) {
    problems.push(
      `--redis-proxy delays a single Redis, and --redis ${profile} starts several servers: leave one of the two out`,
    );
  }
  return profile;
}

/**
 * @param {string | undefined} flag @param {NodeJS.ProcessEnv} env @param {string[]} problems
 * @returns {Settings['kafka']}
 */
function readBrokers(flag, env, problems) {
  if (flag === undefined) return 0;
  if (flag !== '1' && flag !== '3') {
    problems.push(`--kafka is "${flag}": it must be 1 or 3, the number of brokers. Example: --kafka 3`);
    return 0;
  }
  if (env.KAFKA_BROKERS) {
    problems.push(
      `--kafka ${flag} starts brokers of its own, and KAFKA_BROKERS names others: unset KAFKA_BROKERS, or leave the flag out`,
    );
  }
  return flag === '3' ? 3 : 1;
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
      redis: { type: 'string' },
      kafka: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    });
    return parseArgs({ args: argv, options }).values;
  } catch (error) {
    problems.push(
      `${/** @type {Error} */ (error).message.split('.')[0]}. Flags: --all, --scenarios a,b, --redis single|sentinel|cluster, --redis-proxy, --kafka 1|3, --data-dir <folder>`,
    );
    return {};
  }
}

/** @param {NodeJS.ProcessEnv} env @param {string[]} problems */
function checkRedisUrl(env, problems) {
  const text = env.REDIS_URL;
  if (!text) return;
  // The address itself may hold a password: it is not repeated.
  const several = /^rediss?\+(sentinel|cluster):\/\/[^/]/.test(text);
  if (!several && (!URL.canParse(text) || !/^rediss?:$/.test(new URL(text).protocol))) {
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
