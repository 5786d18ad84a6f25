import { userInfo } from 'node:os';
import type { Engine } from './engine.js';
import { obtainDebianProgram } from './obtain-debian-program.js';
import { AFFINITY_COOKIE, type Pool } from './pool.js';

/** Directives of an upstream, by policy of a scenario. */
const METHODS: Readonly<Record<Pool['policy'], string | undefined>> = {
  'round-robin': undefined,
  'least-requests': 'least_conn;',
  'random-two': 'random two least_conn;',
  'ip-hash': 'ip_hash;',
  'consistent-hash': 'hash $remote_addr consistent;',
};

/** nginx has no cookie that names a server. It can give each client an id, and choose the server by a hash of it. */
const BY_CLIENT = 'hash $uid_got$uid_set consistent;';

export default {
  id: 'nginx',
  title: "nginx's open source edition (Debian: nginx-light)",
  explains: [
    'Round robin, least_conn, random two, ip_hash, hash: each a line of the upstream. ip_hash reads the first three numbers of an IPv4 address.',
    'A cookie that names a server (sticky cookie) cannot be had by setting alone: it is part of the commercial edition. Instead "userid" gives each client an id in a cookie, and the server is chosen by a consistent hash of it. A client whose server is gone moves, and moves back when the server is back.',
    'There are no active health checks by setting alone: a server that failed a request is left out for fail_timeout, and the next request after it is tried there.',
    'A request that never reached a server goes to the next one, and so does a failed one that is safe to repeat.',
    'Drain, slow start and a change of servers without a new file and a reload cannot be had by setting alone.',
  ],
  levers: [],
  program: {
    file: 'nginx.conf',
    obtain: (say) => obtainDebianProgram({ name: 'nginx', package: 'nginx-light' }, say),
    // Started by root, its workers would run as a user who may not read the folder.
    arguments: (filePath, dir) => ['-p', dir, '-e', 'stderr', '-c', filePath, '-g', `user ${userInfo().username};`],
    render: (pools, { port, dir }) => `daemon off;
worker_processes auto;
pid ${dir}/nginx.pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;

  # A peer on loopback may say for whom it asks.
  set_real_ip_from 127.0.0.1;
  real_ip_header X-Forwarded-For;

  proxy_http_version 1.1;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;
  proxy_connect_timeout 1s;
  proxy_read_timeout 60s;
  proxy_next_upstream_tries 2;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }

  # Which server answered: the last one that was tried.
  map $upstream_addr $served_by {
${unique(pools.flatMap(({ destinations }) => destinations.map(served))).join('\n')}
  }
  add_header X-Served-By $served_by always;

${pools.map(upstream).join('\n')}
${hostsOf(pools)
  .map((own) => server(own, port))
  .join('\n')}
}
`,
  },
} satisfies Engine;

function served({ id, port }: Pool['destinations'][number]): string {
  return `    ~127\\.0\\.0\\.1:${port}$ ${id};`;
}

/** `zone`: all workers know the same of a server. */
function upstream({ name, policy, affinity, destinations }: Pool): string {
  const method = affinity ? BY_CLIENT : METHODS[policy];
  return [
    `  upstream ${name} {`,
    `    zone ${name} 64k;`,
    ...(method === undefined ? [] : [`    ${method}`]),
    ...destinations.map(({ port }) => `    server 127.0.0.1:${port} max_fails=1 fail_timeout=2s;`),
    '    keepalive 64;',
    '  }',
  ].join('\n');
}

function server(pools: readonly Pool[], port: number): string {
  return [
    '  server {',
    `    listen 127.0.0.1:${port};`,
    `    server_name ${pools[0]?.host};`,
    ...(pools.some(({ affinity }) => affinity) ? ['    userid on;', `    userid_name ${AFFINITY_COOKIE};`] : []),
    ...pools.flatMap(({ name, routes }) => routes.map((path) => `    location ${path} { proxy_pass http://${name}; }`)),
    '    location / { return 404; }',
    '  }',
  ].join('\n');
}

function hostsOf(pools: readonly Pool[]): Pool[][] {
  return unique(pools.map(({ host }) => host)).map((host) => pools.filter((pool) => pool.host === host));
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}
