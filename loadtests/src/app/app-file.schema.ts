import { z } from 'zod';
import { duration, rate, userCount } from '../loads/load.js';

/** The ways to spread requests: these names are in results, in `--routing` and in reports. */
export const ROUTINGS = ['round-robin', 'ip-hash', 'cookie'] as const;
export type Routing = (typeof ROUTINGS)[number];

export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const NO_SERVERS = 'are no addresses; write a list: [http://127.0.0.1:3001]';
const NO_ROUTINGS = `are no routings; write a list: [${ROUTINGS.join(', ')}]`;
const NO_TOGETHER = 'is no number; write how many requests one user sends at the same time, 1 to 20';
const NO_STATUS = 'is no status; write 200, or a list: [200, 302]';
const text = (fix: string) => z.string(fix).trim().min(1, fix);
const texts = z.record(
  z.string(),
  z.coerce.string('is no text; put it in quotes'),
  'is no mapping; write { name: value }',
);
const statuses = z.preprocess(
  (value) => (value === undefined || Array.isArray(value) ? value : [value]),
  z.array(z.int(NO_STATUS).min(100, NO_STATUS).max(599, NO_STATUS), NO_STATUS).min(1, NO_STATUS),
);
const paths = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(path(), 'is no path; write /login, or a list: [/login, /signin]'),
);

function path() {
  return z.string('is no path; write /login').regex(/^\//, 'is no path; begin with a slash: /login');
}

const take = z.union(
  [
    z.strictObject({
      regex: text('is no expression').refine(
        isExpression,
        'is no regular expression with one group: name="csrf" value="([^"]+)"',
      ),
    }),
    z.strictObject({ json: text('is no place; write user.id') }),
    z.strictObject({ header: text('is no name of a header; write x-csrf-token') }),
    z.strictObject({ cookie: text('is no name of a cookie; write csrftoken') }),
  ],
  'is unknown; write one of { regex: … }, { json: … }, { header: … } and { cookie: … }',
);

const loggedOutIf = z.strictObject(
  {
    status: statuses.optional(),
    redirect: paths.optional(),
    contains: text('is no text; put it in quotes').optional(),
  },
  'is no condition; write { status: 401 }, { redirect: /login } or { contains: Log in }',
);

/** One step. The reader checks that it has exactly one method, since the reader knows its line. */
export const step = z.strictObject(
  {
    get: path().optional(),
    post: path().optional(),
    put: path().optional(),
    patch: path().optional(),
    delete: path().optional(),
    form: texts.optional(),
    json: z.unknown().optional(),
    headers: texts.optional(),
    expect: statuses.optional(),
    contains: text('is no text; put it in quotes').optional(),
    take: z
      .record(
        z.string().regex(/^\w+$/, 'is no name; write letters and digits'),
        take,
        'is no mapping; write { name: { cookie: … } }',
      )
      .optional(),
    follow: z.boolean('is neither true nor false; write true').optional(),
    loggedOutIf: loggedOutIf.optional(),
    once: z.boolean('is neither true nor false; write true').optional(),
    together: z.int(NO_TOGETHER).min(1, NO_TOGETHER).max(20, NO_TOGETHER).optional(),
  },
  'is no step; write { get: /path }',
);

/** How much the users do. */
const load = z.strictObject(
  {
    users: userCount.default(61),
    requestsPerUser: rate.default('1/s'),
    warmUp: duration.default('6s'),
    measure: duration.default('20s'),
  },
  'is no load; write { users: 61, requestsPerUser: 1/s, warmUp: 6s, measure: 20s }',
);

/** The settings that a mapping inside the file may have, by its own name; of every other name it is a step. */
export function settingsOf(mapping: string | number | undefined): string[] {
  return Object.keys((mapping === 'load' ? load : mapping === 'loggedOutIf' ? loggedOutIf : step).shape);
}

/** Each part of an app's file, checked by itself so that one mistake does not hide another. */
export const parts = {
  app: text("is missing; write the app's name"),
  start: text('is no command; write what starts one server: node server.js').optional(),
  servers: z
    .array(z.url({ protocol: /^http$/, error: 'is no address; write http://127.0.0.1:3001' }), NO_SERVERS)
    .min(1, NO_SERVERS)
    .optional(),
  folder: text('is no folder; write a path, from the folder of this file').optional(),
  ready: z
    .union(
      [
        path(),
        z.literal('tcp'),
        z.strictObject({ line: text('is no expression').refine(isPattern, 'is no regular expression') }),
      ],
      'is unknown; write a path such as /healthz, tcp, or { line: listening }',
    )
    .default('tcp'),
  startTimeout: duration.default('60s'),
  replicas: z
    .int('is no number of servers; write 3')
    .min(1, 'are too few; write 3')
    .max(20, 'are too many; write at most 20')
    .default(3),
  env: texts.default({}),
  variants: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]*$/, 'is no name; write small letters, digits and dashes'),
      z.preprocess((value) => value ?? {}, texts),
      'are missing; write what differs: { memory: {}, redis: { REDIS_URL: "${redis}" } }',
    )
    .default({ app: {} }),
  routings: z
    .array(z.enum(ROUTINGS, `is unknown; write ${ROUTINGS.join(', ')}`), NO_ROUTINGS)
    .min(1, NO_ROUTINGS)
    .default([...ROUTINGS]),
  reset: text('is no command; put it in quotes').optional(),
  load: load.prefault({}),
};

function isPattern(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}

function isExpression(source: string): boolean {
  return isPattern(source) && (new RegExp(`${source}|`).exec('')?.length ?? 0) === 2;
}
