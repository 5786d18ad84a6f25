/** nginx and HAProxy as contenders, and nginx as the destinations: one worker each, keep-alive on both sides. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const children = [];
const directories = [];
process.on('exit', stopOwned);
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

/** Ends everything that was started here and removes its files. */
export function stopOwned() {
  for (const child of children.splice(0)) {
    // A master of nginx that is killed leaves its workers behind.
    child.kill(child.spawnfile === 'nginx' ? 'SIGTERM' : 'SIGKILL');
  }
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
}

/** A directory that goes when the bench ends. */
export function ownDirectory() {
  const directory = mkdtempSync(join(tmpdir(), 'hf-bench-'));
  directories.push(directory);
  return directory;
}

/** Starts a process that ends with this one. */
export function spawnOwned(command, args, options) {
  const child = spawn(command, args, options);
  children.push(child);
  return child;
}

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Ports that were free a moment ago, all different. */
export async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

/** Resolves when something accepts connections on the port. */
export async function answering(port) {
  for (let i = 0; i < 200; i++) {
    const ok = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`nothing listens on ${port}`);
}

function nginxFrame(directory, http) {
  return `daemon off; master_process off; worker_processes 1; pid ${directory}/pid; error_log ${directory}/error.log crit;
worker_rlimit_nofile 65536; events { worker_connections 32768; }
http { access_log off; keepalive_requests 100000000; keepalive_timeout 1h; client_body_temp_path ${directory}/b; proxy_temp_path ${directory}/p;
fastcgi_temp_path ${directory}/f; uwsgi_temp_path ${directory}/u; scgi_temp_path ${directory}/s; ${http} }`;
}

async function startNginx(http, port, cores) {
  const directory = ownDirectory();
  const file = join(directory, 'nginx.conf');
  writeFileSync(file, nginxFrame(directory, http(directory)));
  const child = spawnOwned('taskset', ['-c', cores, 'nginx', '-c', file, '-e', join(directory, 'error.log')], {
    stdio: 'inherit',
  });
  await answering(port);
  return { child, port, pids: () => [child.pid], directory };
}

/** Servers that answer /small, /large and any POST at next to no cost: /upload once its body is complete, other POSTs before. */
export async function startDestinations(cores, count = 3) {
  const ports = await freePorts(count);
  const server = (port) => `server { listen 127.0.0.1:${port} backlog=4096; client_max_body_size 0;
    location /small { default_type text/plain; return 200 "hello, this is a small body\\n"; }
    location /large { default_type application/octet-stream; root %DIR%; open_file_cache max=10; }
    location /upload { proxy_pass http://127.0.0.1:${port}/small; }
    location / { default_type text/plain; return 200 "ok\\n"; } }`;
  const started = await startNginx(
    (directory) => {
      writeFileSync(join(directory, 'large'), Buffer.alloc(65_536, 'x'));
      return `sendfile on; tcp_nodelay on; ${ports.map(server).join('\n').replaceAll('%DIR%', directory)}`;
    },
    ports[0],
    cores,
  );
  return { ...started, ports };
}

export async function startNginxProxy(destinations, cores, method = '') {
  const port = await freePort();
  return startNginx(
    () => `upstream app { ${method} ${destinations.map((p) => `server 127.0.0.1:${p};`).join(' ')} keepalive ${Math.max(256, destinations.length * 4)}; keepalive_requests 100000000; }
    map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
    server { listen 127.0.0.1:${port} backlog=4096; client_max_body_size 0;
      location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection $connection_upgrade; proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Real-IP $remote_addr;
        proxy_buffer_size 64k; proxy_buffers 8 128k; proxy_busy_buffers_size 256k; proxy_read_timeout 1h; } }`,
    port,
    cores,
  );
}

export async function startHaproxy(destinations, cores) {
  const port = await freePort();
  const directory = ownDirectory();
  const file = join(directory, 'haproxy.cfg');
  writeFileSync(
    file,
    `global
  nbthread 1
  maxconn 9000
defaults
  mode http
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  timeout tunnel 1h
  option forwardfor
  http-reuse always
frontend f
  bind 127.0.0.1:${port} backlog 4096
  default_backend b
backend b
  balance roundrobin
${destinations.map((p, i) => `  server s${i} 127.0.0.1:${p}`).join('\n')}
`,
  );
  const child = spawnOwned('taskset', ['-c', cores, 'haproxy', '-db', '-f', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await answering(port);
  return { child, port, pids: () => [child.pid] };
}

/** CPU time the processes have used, in microseconds; the kernel counts in hundredths of a second. */
export function cpuMicros(pids) {
  let ticks = 0;
  for (const pid of pids) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * 10_000;
}
