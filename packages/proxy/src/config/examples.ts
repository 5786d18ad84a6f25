import { POLICY_NAMES } from '../balancing/create-policy.js';

/** A valid value for each setting, by the last named part of its path. It is shown beside every mistake. */
const examples: Readonly<Record<string, string>> = {
  listen: '{ port: 8080, host: 127.0.0.1 }',
  port: '8080',
  host: 'app.localhost',
  upstreams: '{ app: { policy: round-robin, destinations: [{ id: app-1, url: http://127.0.0.1:3001 }] } }',
  policy: POLICY_NAMES.join(' | '),
  hash: '{ cookie: user }',
  header: 'x-user',
  cookie: 'hf_affinity',
  boundedLoad: '1.25',
  affinity: '{ cookie: hf_affinity, onFailure: redistribute }',
  by: 'cookie | address',
  onFailure: 'redistribute | refuse',
  appCookie: 'connect.sid',
  whenDraining: 'keep | move',
  secure: 'true',
  sameSite: 'lax | strict | none',
  domain: 'example.org',
  sliding: 'true',
  hideFromDestination: 'true',
  maxAgeSeconds: '3600',
  health: '{ path: /healthz }',
  eager: 'true',
  ejection: '{ failures: 5, baseMs: 1000, maxMs: 30000 }',
  failures: '5',
  panicRatio: '0.3',
  retryBudgetRatio: '0.2',
  hint: 'start it with npm start -- --all',
  destinations: '[{ id: app-1, url: http://127.0.0.1:3001, weight: 1 }]',
  id: 'app-1',
  url: 'http://127.0.0.1:3001',
  weight: '1',
  routes: '[{ host: app.localhost, path: /, upstream: app }]',
  path: '/',
  upstream: 'app',
  split: '{ weight: 9, others: [{ upstream: app-next, weight: 1 }], cookie: hf_release }',
  others: '[{ upstream: app-next, weight: 1 }]',
  websocket: 'true',
  underscoresInHeaders: 'false',
  trustedProxies: '[127.0.0.1/32]',
  affinitySecrets: '[a-long-random-string]',
  limits: '{}',
  timeouts: '{}',
  noRouteHint: 'ask for shop.example.org',
  workers: 'auto',
};

/** Endings of the names of settings that take a number. */
const NUMBERS = /(Ms|Bytes|Headers|Connections|Seconds|Queued|PerDestination|PerSecond)$/;

/** A valid example for the setting at `path`. */
export function exampleFor(path: readonly string[]): string {
  const last = path.at(-1) ?? '';
  const parent = path.at(-2) ?? '';
  if (/^\d+$/.test(last)) return (examples[parent] ?? '[]').replace(/^\[(.*)\]$/, '$1');
  if (parent === 'listen' && last === 'host') return '127.0.0.1';
  if (parent === 'health' && last === 'path') return '/healthz';
  if (parent === 'upstreams') return '{ destinations: [{ id: app-1, url: http://127.0.0.1:3001 }] }';
  if (last.endsWith('After')) return '2';
  return examples[last] ?? (NUMBERS.test(last) ? '1000' : 'leave it out');
}
