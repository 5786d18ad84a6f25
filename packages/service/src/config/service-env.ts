import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isRedisAddress, REDIS_ADDRESS_HINT } from '../redis/redis-address.js';

const list = (text: string) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const wholeNumber = (min: number, max: number, hint: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, hint)
    .transform(Number)
    .refine((value) => value >= min && value <= max, hint);

/** A whole number of `unit` from an environment variable. */
export const envNumber = (unit: string, { min = 0, max = 999_999_999 }: { min?: number; max?: number } = {}) =>
  wholeNumber(min, max, `must be a whole number of ${unit} from ${min} to ${max}`);

/** `true` or `false` from an environment variable. */
export const envFlag = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true');

/** A TCP port from an environment variable; 0 is any free one. */
export const envPort = wholeNumber(0, 65_535, 'must be a port from 0 (any free one) to 65535');

const MEMCACHED_HINT = 'memcached://host:port, such as memcached://127.0.0.1:11211';

const BROKER_HINT = 'must be host:port, separated by commas, such as 127.0.0.1:9092';

function brokerList(text: string, context: z.core.$RefinementCtx): string[] {
  const brokers = text.split(',').map((broker) => broker.trim());
  for (const [i, broker] of brokers.entries()) {
    const [, port] = /^[A-Za-z0-9._-]+:(\d{1,5})$/.exec(broker) ?? [];
    if (port !== undefined && Number(port) >= 1 && Number(port) <= 65_535) continue;
    // The name of a host is not a secret.
    const fix = /^[A-Za-z0-9._-]+$/.test(broker) ? `write ${broker}:9092, or its own port` : BROKER_HINT;
    const problem =
      broker === '' ? `broker ${i + 1} is empty: remove a comma` : `broker ${i + 1} is not host:port: ${fix}`;
    context.addIssue({ code: 'custom', message: problem, input: text });
  }
  return brokers;
}

function certificates(path: string, context: z.core.$RefinementCtx): string {
  try {
    const text = readFileSync(path, 'utf8');
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
    context.addIssue({ code: 'custom', message: 'the file holds no certificates: it must be PEM text', input: path });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    context.addIssue({
      code: 'custom',
      message: `the file cannot be read (${code}): give the path of a PEM file`,
      input: path,
    });
  }
  return z.NEVER;
}

/** The variables every service reads. Extend it: `z.object({ ...serviceEnv, MY_VARIABLE: … })`. */
export const serviceEnv = {
  NODE_ENV: z.string().default('development'),
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'must be trace, debug, info, warn, error, fatal or silent',
    )
    .default('info'),
  /** The name of this replica in logs and `x-instance`, equal to its destination id. Default: the service's name. */
  INSTANCE_ID: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, . _ -')
    .optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: envPort.default(0),
  /** Peers whose X-Forwarded-For this service trusts. */
  TRUSTED_PROXIES: z
    .string()
    .transform(list)
    .pipe(
      z.array(
        z.union(
          [z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()],
          'must be addresses or CIDR ranges, separated by commas, such as 10.0.0.0/8',
        ),
      ),
    )
    .default(['127.0.0.0/8', '::1/128']),
  /** How long answers say `Connection: close` before the port closes; longer than a gateway needs to notice. */
  SHUTDOWN_DRAIN_MS: envNumber('milliseconds', { max: 60_000 }).default(1000),
  /** Longest time from SIGTERM to exit. */
  SHUTDOWN_TIMEOUT_MS: envNumber('milliseconds', { min: 100, max: 600_000 }).default(10_000),
  /** Where an OTLP receiver takes traces over HTTP; without it nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL, such as http://127.0.0.1:4318' })
    .optional(),
} as const;

/** The variables of a service that keeps something in Redis. */
export const redisEnv = {
  /** A server, or some of the masters of a Redis Cluster. */
  REDIS_URL: z.string(REDIS_ADDRESS_HINT).refine(isRedisAddress, REDIS_ADDRESS_HINT),
  KEY_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9:_-]{1,32}$/, 'must be 1 to 32 letters, digits, : _ -')
    .default('hf:'),
} as const;

/** The variables of a service that receives events of other services. */
export const eventsEnv = {
  /** Without brokers, Redis Streams carry the events. */
  KAFKA_BROKERS: z.string().transform(brokerList).default([]),
  /** Which npm package talks to Kafka. */
  KAFKA_CLIENT: z.enum(['kafkajs', 'platformatic'], 'must be kafkajs or platformatic').default('kafkajs'),
  KAFKA_SSL: envFlag.default(false),
  /** A file with the certificates to trust instead of those that Node trusts. */
  KAFKA_CA_FILE: z
    .string()
    .transform(certificates)
    .optional()
    .meta({ requires: ['KAFKA_SSL'] }),
  KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'], 'must be plain, scram-sha-256 or scram-sha-512')
    .optional()
    .meta({ requires: ['KAFKA_USERNAME', 'KAFKA_PASSWORD'] }),
  KAFKA_USERNAME: z
    .string()
    .optional()
    .meta({ requires: ['KAFKA_SASL_MECHANISM'] }),
  KAFKA_PASSWORD: z
    .string()
    .optional()
    .meta({ requires: ['KAFKA_SASL_MECHANISM'] }),
  /** How long the handler of an event may take; after that its try counts as failed. */
  EVENTS_HANDLER_TIMEOUT_MS: envNumber('milliseconds', { min: 100, max: 3_600_000 }).default(10_000),
} as const;

/**
 * Secrets separated by commas, each checked by `mistakeOf`. The session package defines a good secret, and this package does not know it:
 * each app brings the two together.
 */
export function secretsEnv(mistakeOf: (secret: string) => string | undefined) {
  return z
    .string()
    .transform(list)
    .pipe(
      z
        .array(z.string())
        .min(1, 'give at least one')
        .superRefine((secrets, context) => {
          for (const [n, secret] of secrets.entries()) {
            const mistake = mistakeOf(secret);
            if (mistake !== undefined) context.addIssue({ code: 'custom', message: `number ${n + 1} ${mistake}` });
          }
        }),
    )
    .optional();
}

/** `SESSION_SECRETS`, each checked by `mistakeOf`. */
export function sessionSecretsEnv(mistakeOf: (secret: string) => string | undefined) {
  return secretsEnv(mistakeOf).meta({ requiredInProduction: 'give one or more, separated by commas; the first signs' });
}

/**
 * The variables of a service that reads the shared session. Where one is not set, the session package's default counts; an
 * app overrides `SESSION_SECRETS` by `sessionSecretsEnv`.
 */
export const sessionEnv = {
  SESSION_STORE: z
    .enum(
      ['memory', 'connect-redis', 'memcached', 'redis', 'cached'],
      'must be memory, connect-redis, memcached, redis or cached',
    )
    .default('cached'),
  /** `host:port` of the Memcached that keeps sessions. */
  MEMCACHED_URL: z
    .string()
    .regex(/^(?:memcached:\/\/)?[A-Za-z0-9._-]+:\d{1,5}$/, `must be ${MEMCACHED_HINT}`)
    .transform((address) => address.replace('memcached://', ''))
    .optional()
    .meta({ neededBy: { SESSION_STORE: 'memcached' }, hint: `give ${MEMCACHED_HINT}` }),
  SESSION_SECRETS: sessionSecretsEnv(() => undefined),
  /** The cookie travels over TLS only. */
  SESSION_SECURE: envFlag.optional().meta({
    requiredInProduction: 'say true if users connect over TLS, or false to send the session cookie over plain HTTP',
  }),
  SESSION_IDLE_SECONDS: envNumber('seconds', { min: 1 }).optional(),
  SESSION_ABSOLUTE_SECONDS: envNumber('seconds', { min: 1 }).optional(),
  MAX_SESSIONS_PER_USER: envNumber('sessions', { min: 1 }).optional(),
  SESSION_STALE_IF_ERROR_MS: envNumber('milliseconds').optional(),
  /** Adds `x-session` to every answer: the place its session came from. */
  EXPLAIN_SESSION: z
    .enum(['0', '1'], 'must be 1 or 0')
    .transform((value) => value === '1')
    .optional()
    .meta({ refusedInProduction: 'leave it out: it shows every client where sessions are kept' }),
} as const;

const common = z.object(serviceEnv);
const redis = z.object(redisEnv);
const session = z.object(sessionEnv);
const events = z.object(eventsEnv);

export type ServiceConfig = z.output<typeof common>;
export type RedisConfig = z.output<typeof redis>;
export type EventsConfig = z.output<typeof events>;
export type SessionConfig = z.output<typeof session>;
