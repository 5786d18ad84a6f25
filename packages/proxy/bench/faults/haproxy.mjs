import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { answering, freePort, ownDirectory, spawnOwned } from '../native.mjs';

const methods = {
  'round-robin': 'balance roundrobin',
  'least-requests': 'balance leastconn',
  'consistent-hash': 'balance hdr(x-user)\n  hash-type consistent sdbm avalanche',
};

/** HAProxy with active checks, passive checks, retries of what is safe, queues, and its runtime API for changes. */
export async function startHaproxy(settings) {
  const directory = ownDirectory();
  const file = join(directory, 'haproxy.cfg');
  const socket = join(directory, 'admin');
  const port = settings.port ?? (await freePort());
  writeFileSync(file, config({ ...settings, port, socket }));
  const spawn = () => spawnOwned('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'ignore'] });
  let child = spawn();
  await answering(port);
  const command = (text) => ask(socket, text);
  return {
    name: 'haproxy',
    port,
    pids: () => [child.pid],
    async add({ id, port }) {
      const cookie = settings.affinity ? ` cookie ${id}` : '';
      await command(`experimental-mode on; add server b/${id} 127.0.0.1:${port} check inter 500${cookie}`);
      await command(`enable health b/${id}; enable server b/${id}`);
    },
    drain: (id) => command(`set server b/${id} state drain`),
    remove: (id) => command(`set server b/${id} state maint`),
    async restart() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      child = spawn();
      await answering(port);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function ask(path, text) {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(path, () => socket.write(`${text}\n`));
    socket.on('data', (part) => {
      answer += part;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

function config(settings) {
  const { port, destinations, socket, policy = 'round-robin', affinity = false, boundedLoad } = settings;
  const { responseMs = 5000, stallMs = 60_000, limit = 0, maxQueued = 0, queueMs = 1000 } = settings;
  const each = `check inter 500 fall 2 rise 1 observe layer7 error-limit 5 on-error mark-down${
    limit > 0 ? ` maxconn ${limit} maxqueue ${maxQueued}` : ''
  }`;
  return `global
  nbthread 1
  maxconn 9000
  stats socket ${socket} level admin
defaults
  mode http
  timeout connect 1s
  timeout client ${stallMs}ms
  timeout server ${responseMs}ms
  timeout queue ${queueMs}ms
  timeout check 300ms
  timeout tunnel ${stallMs}ms
  retries 1
  option redispatch 1
  option forwardfor
  option abortonclose
frontend f
  bind 127.0.0.1:${port} backlog 4096
  default_backend b
backend b
  ${methods[policy]}${boundedLoad ? `\n  hash-balance-factor ${Math.round(boundedLoad * 100)}` : ''}
  retry-on conn-failure empty-response response-timeout
  http-request disable-l7-retry if METH_POST
  option httpchk GET /healthz${affinity ? '\n  cookie aff insert indirect nocache' : ''}
${destinations.map(({ id, port }) => `  server ${id} 127.0.0.1:${port} ${each}${affinity ? ` cookie ${id}` : ''}`).join('\n')}
`;
}
