import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answering, freePort, ownDirectory, spawnOwned } from '../native.mjs';

const methods = {
  'round-robin': '',
  'least-requests': 'least_conn;',
  'consistent-hash': 'hash $http_x_user consistent;',
};

/**
 * nginx with what its open source edition has against faults: passive checks, retries of what is safe, `max_conns`
 * without a queue. Destinations change by a new file and SIGHUP.
 */
export async function startNginx(settings) {
  const directory = ownDirectory();
  const file = join(directory, 'nginx.conf');
  const port = settings.port ?? (await freePort());
  let destinations = settings.destinations.map(({ id, port }) => ({ id, port }));
  const write = () => writeFileSync(file, config({ ...settings, port, destinations, directory }));
  write();
  const spawn = () =>
    spawnOwned('nginx', ['-c', file, '-e', join(directory, 'error.log')], { stdio: ['ignore', 'ignore', 'inherit'] });
  let child = spawn();
  await answering(port);
  const workers = () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(/\s+/);
  const reload = () => {
    write();
    child.kill('SIGHUP');
  };
  return {
    name: 'nginx',
    port,
    pids: () => workers().map(Number),
    add({ id, port }) {
      destinations = [...destinations, { id, port }];
      reload();
    },
    /** There is no drain: out is out, and who was bound moves. */
    remove(id) {
      destinations = destinations.filter((destination) => destination.id !== id);
      reload();
    },
    async restart() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      child = spawn();
      await answering(port);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

function config({
  port,
  destinations,
  directory,
  policy = 'round-robin',
  responseMs = 5000,
  stallMs = 60_000,
  limit = 0,
}) {
  const servers = destinations
    .map((d) => `server 127.0.0.1:${d.port} max_fails=3 fail_timeout=2s${limit > 0 ? ` max_conns=${limit}` : ''};`)
    .join(' ');
  return `${process.getuid() === 0 ? 'user root;' : ''} daemon off; worker_processes 1; pid ${directory}/pid;
error_log ${directory}/error.log crit; worker_rlimit_nofile 65536; events { worker_connections 16384; }
http { access_log off; keepalive_requests 1000000; client_body_temp_path ${directory}/b; proxy_temp_path ${directory}/p;
  fastcgi_temp_path ${directory}/f; uwsgi_temp_path ${directory}/u; scgi_temp_path ${directory}/s;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream app { zone app 1m; ${methods[policy]} ${servers} keepalive 256; }
  server { listen 127.0.0.1:${port} backlog=4096; client_max_body_size 0; send_timeout ${stallMs}ms;
    location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Host $host;
      proxy_set_header Connection $connection_upgrade; proxy_set_header Upgrade $http_upgrade;
      proxy_set_header X-Forwarded-For $remote_addr; proxy_max_temp_file_size 0; proxy_connect_timeout 1s;
      proxy_read_timeout ${responseMs}ms; proxy_send_timeout ${stallMs}ms; proxy_next_upstream_tries 2;
      proxy_next_upstream error timeout http_500 http_502 http_503 http_504; } } }
`;
}
