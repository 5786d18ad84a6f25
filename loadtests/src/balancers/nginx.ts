import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { BalancerKind, BalancerSettings, Destination } from './balancer.js';

const FILE = 'nginx.conf';
const METHODS = {
  'round-robin': '',
  'least-requests': 'least_conn;',
  'consistent-hash': 'hash $http_x_user consistent;',
};

/**
 * nginx with what its open source edition has against faults: passive checks, retries of what is safe, `max_conns` without a queue.
 * Destinations change by a new file and SIGHUP. There is no drain: out is out, and who was bound moves.
 */
export function nginx(settings: BalancerSettings): BalancerKind {
  let { destinations } = settings;
  let write: () => void = () => undefined;
  return {
    program: {
      file: FILE,
      arguments: (path, dir) => ['-p', dir, '-e', 'stderr', '-c', path, '-g', `user ${userInfo().username};`],
      render(_, { port, dir }) {
        write = () => writeFileSync(join(dir, FILE), fileOf({ ...settings, destinations }, port, dir), { mode: 0o600 });
        return fileOf({ ...settings, destinations }, port, dir);
      },
    },
    control(running) {
      const change = async (changed: readonly Destination[]): Promise<void> => {
        destinations = changed;
        write();
        process.kill(running.pids()[0] ?? 0, 'SIGHUP');
      };
      return {
        add: (destination) => change([...destinations, destination]),
        remove: (id) => change(destinations.filter((destination) => destination.id !== id)),
      };
    },
  };
}

function fileOf(settings: BalancerSettings, port: number, dir: string): string {
  const { destinations, policy = 'round-robin', responseMs = 5_000, stallMs = 60_000, limits } = settings;
  const most = limits === undefined ? '' : ` max_conns=${limits.perDestination}`;
  const servers = destinations.map((one) => `server 127.0.0.1:${one.port} max_fails=3 fail_timeout=2s${most};`);
  return `daemon off; worker_processes 1; pid ${dir}/pid;
error_log stderr crit; worker_rlimit_nofile 65536; events { worker_connections 16384; }
http { access_log off; keepalive_requests 1000000; client_body_temp_path ${dir}/b; proxy_temp_path ${dir}/p;
  fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream app { zone app 1m; ${METHODS[policy]} ${servers.join(' ')} keepalive 256; }
  server { listen 127.0.0.1:${port} backlog=4096; client_max_body_size 0; send_timeout ${stallMs}ms;
    location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Host $host;
      proxy_set_header Connection $connection_upgrade; proxy_set_header Upgrade $http_upgrade;
      proxy_set_header X-Forwarded-For $remote_addr; proxy_max_temp_file_size 0; proxy_connect_timeout 1s;
      proxy_read_timeout ${responseMs}ms; proxy_send_timeout ${stallMs}ms; proxy_next_upstream_tries 2;
      proxy_next_upstream error timeout http_500 http_502 http_503 http_504; } } }
`;
}
