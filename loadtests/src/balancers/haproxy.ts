import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { BalancerKind, BalancerSettings } from './balancer.js';

const METHODS = {
  'round-robin': 'balance roundrobin',
  'least-requests': 'balance leastconn',
  'consistent-hash': 'balance hdr(x-user)\n  hash-type consistent sdbm avalanche',
};

/** HAProxy with active checks, passive checks, retries of what is safe, queues, and its runtime API for changes. */
export function haproxy(settings: BalancerSettings): BalancerKind {
  return {
    program: {
      file: 'haproxy.cfg',
      arguments: (path) => ['-db', '-f', path],
      render: (_, { port, adminPort }) => fileOf(settings, port, adminPort),
    },
    control({ adminPort }) {
      const command = async (line: string): Promise<void> => {
        const socket = connect(adminPort, '127.0.0.1');
        socket.write(`${line}\n`);
        await text(socket);
      };
      return {
        async add({ id, port }) {
          const cookie = settings.affinity ? ` cookie ${id}` : '';
          await command(`experimental-mode on; add server b/${id} 127.0.0.1:${port} check inter 500${cookie}`);
          await command(`enable health b/${id}; enable server b/${id}`);
        },
        drain: (id) => command(`set server b/${id} state drain`),
        remove: (id) => command(`set server b/${id} state maint`),
      };
    },
  };
}

function fileOf(settings: BalancerSettings, port: number, adminPort: number): string {
  const { destinations, policy = 'round-robin', affinity, boundedLoad, limits } = settings;
  const { responseMs = 5_000, stallMs = 60_000 } = settings;
  const most = limits === undefined ? '' : ` maxconn ${limits.perDestination} maxqueue ${limits.queued}`;
  const each = `check inter 500 fall 2 rise 1 observe layer7 error-limit 5 on-error mark-down${most}`;
  const cookieOf = (id: string) => (affinity ? ` cookie ${id}` : '');
  return `global
  nbthread 1
  maxconn 9000
  stats socket ipv4@127.0.0.1:${adminPort} level admin
defaults
  mode http
  timeout connect 1s
  timeout client ${stallMs}ms
  timeout server ${responseMs}ms
  timeout queue ${limits?.queueMs ?? 1_000}ms
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
  ${METHODS[policy]}${boundedLoad === undefined ? '' : `\n  hash-balance-factor ${Math.round(boundedLoad * 100)}`}
  retry-on conn-failure empty-response response-timeout
  http-request disable-l7-retry if METH_POST
  option httpchk GET /healthz${affinity ? '\n  cookie aff insert indirect nocache' : ''}
${destinations.map((one) => `  server ${one.id} 127.0.0.1:${one.port} ${each}${cookieOf(one.id)}`).join('\n')}
`;
}
