import type { Engine, EnginePlace } from './engine.js';
import { obtainDebianProgram } from './obtain-debian-program.js';
import { AFFINITY_COOKIE, type Pool } from './pool.js';

/** Of a scenario without affinity. Versions differ in whose address `ip_hash` reads, the client's or the peer's; a header is a header. */
const METHODS: Readonly<Record<Pool['policy'], string>> = {
  'round-robin': 'round_robin',
  'least-requests': 'least_conn',
  'random-two': 'random_choose 2',
  'ip-hash': 'header X-Forwarded-For',
  'consistent-hash': 'header X-Forwarded-For',
};

export default {
  id: 'caddy',
  title: 'Caddy (Debian: caddy)',
  explains: [
    'round_robin, least_conn, random_choose, header, ip_hash: each a word of lb_policy. The file hashes the header X-Forwarded-For, since versions differ in whose address ip_hash reads.',
    'A cookie that names a server is a word of lb_policy (cookie <name> <secret>); its value is signed with the secret. Its first choice is random. A client whose server is down gets another one and stays there.',
    'Asks /healthz once a second; one failure takes a server out, one success brings it back. So an answer may take three seconds: a busy server is not a dead one. A refused connection takes it out for a second at once.',
    'A request that reached no server goes to another one for up to two seconds, and so does a GET without an answer.',
    'Drain and slow start are not there. A server is taken out by a reload of the file.',
  ],
  levers: [],
  program: {
    file: 'Caddyfile',
    obtain: (say) => obtainDebianProgram({ name: 'caddy', package: 'caddy' }, say),
    arguments: (filePath) => ['run', '--adapter', 'caddyfile', '--config', filePath],
    render: (pools, place) => `{
  admin off
  auto_https off
}

${[...new Set(pools.map(({ host }) => host))].map((host) => site(host, pools, place)).join('\n')}`,
  },
} satisfies Engine;

function site(host: string, pools: readonly Pool[], place: EnginePlace): string {
  const mine = pools.filter((pool) => pool.host === host);
  return `http://${host}:${place.port} {
  bind 127.0.0.1
  map {http.reverse_proxy.upstream.hostport} {served_by} {
${mine.flatMap(({ destinations }) => destinations.map(({ id, port }) => `    127.0.0.1:${port} ${id}`)).join('\n')}
  }
${mine.map((pool) => handlers(pool, place)).join('\n')}
}
`;
}

function handlers(pool: Pool, { secret }: EnginePlace): string {
  const { name, policy, affinity, routes, destinations } = pool;
  const method = affinity ? `cookie ${AFFINITY_COOKIE}_${name} "${secret}"` : METHODS[policy];
  return routes
    .map(
      (path) => `  # ${name}
  handle ${path}* {
    reverse_proxy ${destinations.map(({ port }) => `127.0.0.1:${port}`).join(' ')} {
      lb_policy ${method}
      lb_try_duration 2s
      lb_try_interval 50ms
      fail_duration 1s
      health_uri /healthz
      health_interval 1s
      health_timeout 3s
      trusted_proxies 127.0.0.1/32
      header_down x-served-by {served_by}
      transport http {
        dial_timeout 1s
      }
    }
  }`,
    )
    .join('\n');
}
