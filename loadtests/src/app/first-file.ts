/** The facts about an app that a first file needs. */
export interface Answers {
  readonly app: string;
  readonly start: string;
  readonly ready: string;
  readonly login: string;
  readonly fields: string;
  readonly body: string;
  readonly write: string;
  readonly check: string;
  readonly redis: string;
}

export interface Question {
  readonly key: keyof Answers;
  readonly asks: string;
  readonly usual: string;
}

const USER = `\${user}`;
const TOKEN = `\${n}`;
const REDIS = `\${redis}`;

/** Questions that are asked one after the other, or answered by flags of the same names. */
export const QUESTIONS: readonly Question[] = [
  { key: 'app', asks: 'What is the app called?', usual: 'my app' },
  {
    key: 'start',
    asks: 'Which command starts one server? It gets its port as {port} or PORT.',
    usual: 'node server.js',
  },
  { key: 'ready', asks: 'Which path answers once it serves? (tcp: its port is open)', usual: 'tcp' },
  { key: 'login', asks: 'Which path takes the login?', usual: '/login' },
  { key: 'fields', asks: 'Which fields does it take, as name=value?', usual: `username=${USER},password=secret` },
  { key: 'body', asks: 'Are bodies sent as form or as json?', usual: 'json' },
  { key: 'write', asks: 'Which path takes something new by POST? (none: nothing is written)', usual: '/cart' },
  { key: 'check', asks: 'Which path shows what was written?', usual: '/cart' },
  { key: 'redis', asks: 'Which variable switches its sessions to Redis? (none: one variant)', usual: 'REDIS_URL' },
];

/** A first file, with comments on the lines to change. */
export function firstFile(answers: Answers): string {
  const { app, start, ready, login, fields, body, write, check, redis } = answers;
  const pairs = fields.split(',').map((pair) => pair.split('='));
  const sent = pairs.map(([name = '', ...value]) => `${name.trim()}: ${quoted(value.join('=').trim())}`).join(', ');
  const kind = body === 'form' ? 'form' : 'json';
  const writes = write !== 'none';
  return [
    '# Every setting: docs/your-app.md. What is wrong with this file: npm run lab -- check <file>',
    `app: ${quoted(app)}`,
    `start: ${quoted(start)}`,
    `ready: ${quoted(ready)}`,
    'variants:',
    '  memory: {}',
    ...(redis === 'none' ? [] : [`  redis: { ${redis}: ${quoted(REDIS)} }`]),
    'journey:',
    '  # A form with a CSRF token needs a step before:',
    `  # form: { get: ${login}, take: { csrf: { regex: 'name="csrf" value="([^"]+)"' } } }`,
    '  # Users who have to register first:',
    `  # register: { post: /register, ${kind}: { ${sent} }, once: true }`,
    `  login: { post: ${login}, ${kind}: { ${sent} } }`,
    ...(writes ? [`  write: { post: ${write}, ${kind}: { item: ${quoted(TOKEN)} } }`] : []),
    `  check: { get: ${check}${writes ? `, contains: ${quoted(TOKEN)}` : ''} }`,
    '',
  ].join('\n');
}

/** A text, quoted for a YAML mapping on one line. */
function quoted(text: string): string {
  return /^[\w./ -]+$/.test(text) && !/^(true|false|null|~|-?[\d.]+)?$/i.test(text)
    ? text
    : `'${text.replaceAll("'", "''")}'`;
}
