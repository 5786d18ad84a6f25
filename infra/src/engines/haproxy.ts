import type { Engine } from './engine.js';
import { obtainDebianProgram } from './obtain-debian-program.js';
import { AFFINITY_COOKIE, type Pool } from './pool.js';

/** Lines of a backend, by policy of a scenario. With the usual hash, modulo the number of servers, everybody moves when one dies. */
const METHODS: Readonly<Record<Pool['policy'], readonly string[]>> = {
  'round-robin': ['balance roundrobin'],
  'least-requests': ['balance leastconn'],
  'random-two': ['balance random(2)'],
  'ip-hash': ['balance source', 'hash-type consistent'],
  'consistent-hash': ['balance source', 'hash-type consistent'],
};

export default {
  id: 'haproxy',
  title: 'HAProxy (Debian: haproxy)',
  explains: [
    'roundrobin, leastconn, random(2), source: each a line of the backend. "balance source" alone moves most clients when a server dies; with "hash-type consistent" only those of that server.',
    'A cookie that names a server is a line (cookie … insert indirect nocache), one cookie for each backend. A client whose server is down gets another one and stays there. The value is the name of the server as the file says it, not signed.',
    'Asks /healthz once a second; two failures take a server out, one success brings it back.',
    'A request that reached no server goes to another one, and so does a GET without an answer.',
    'Drain and slow start are there: "weight 0" or "set server … state drain" at its socket, and "slowstart". A new server needs its socket, a server template or a reload.',
  ],
  levers: [],
  program: {
    file: 'haproxy.cfg',
    obtain: (say) => obtainDebianProgram({ name: 'haproxy', package: 'haproxy' }, say),
    arguments: (filePath) => ['-db', '-f', filePath],
    render: (pools, { port }) => `global
  maxconn 4000

defaults
  mode http
  timeout connect 1s
  timeout client 1m
  timeout server 1m
  timeout tunnel 1h
  timeout check 1s
  retries 2
  option redispatch 1
  retry-on conn-failure empty-response
  option forwardfor
  default-server check inter 1s fall 2 rise 1

frontend users
  bind 127.0.0.1:${port}
  # A peer on loopback may say for whom it asks.
  http-request set-src hdr(x-forwarded-for) if { src 127.0.0.1 }
  http-request del-header x-forwarded-for
  http-request set-header x-forwarded-proto http
${pools.flatMap(uses).join('\n')}

${pools.map(backend).join('\n')}`,
  },
} satisfies Engine;

function uses({ name, host, routes }: Pool): string[] {
  return routes.map((path) => `  use_backend ${name} if { hdr(host),host_only -m str ${host} } { path_beg ${path} }`);
}

function backend({ name, policy, affinity, destinations }: Pool): string {
  return [
    `backend ${name}`,
    ...METHODS[policy].map((line) => `  ${line}`),
    ...(affinity ? [`  cookie ${AFFINITY_COOKIE}_${name} insert indirect nocache httponly`] : []),
    '  option httpchk GET /healthz',
    '  http-request disable-l7-retry unless METH_GET',
    '  http-response set-header x-served-by %s',
    ...destinations.map(({ id, port }) => `  server ${id} 127.0.0.1:${port}${affinity ? ` cookie ${id}` : ''}`),
    '',
  ].join('\n');
}
