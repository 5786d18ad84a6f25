import { createServer, type Server } from 'node:net';
import type { Deadlines } from '../deadlines.js';
import { RequestHead } from '../http1/request-head.js';
import type { ProxyState } from '../pipeline/proxy-state.js';
import { ClientConnection, type ListenerShared } from './client-connection.js';

/** The port for traffic: accepts clients up to a limit and keeps track of them. */
export class Listener implements ListenerShared {
  head: RequestHead;
  private readonly server: Server;
  private readonly connections = new Set<ClientConnection>();

  constructor(
    readonly state: ProxyState,
    readonly deadlines: Deadlines,
  ) {
    this.head = new RequestHead(state.generation.config.limits);
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      state.counters.connections++;
      state.counters.openConnections++;
      this.connections.add(new ClientConnection(socket, this));
    });
    this.server.maxConnections = state.generation.config.limits.maxConnections;
  }

  /** Takes up new limits. */
  reconfigure(): void {
    const { limits } = this.state.generation.config;
    this.head = new RequestHead(limits);
    this.server.maxConnections = limits.maxConnections;
  }

  listen(port: number, host: string): Promise<{ port: number; host: string }> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ port, host, backlog: 4096 }, () => {
        this.server.off('error', reject);
        const address = this.server.address();
        resolve({ port: typeof address === 'object' && address !== null ? address.port : port, host });
      });
    });
  }

  closed(connection: ClientConnection): void {
    if (this.connections.delete(connection)) this.state.counters.openConnections--;
  }

  /** Accepts no more, lets go of idle clients, waits for the others at most `graceMs`. */
  async close(graceMs: number): Promise<void> {
    const done = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const connection of this.connections) connection.closeIfIdle();
    const timer = setTimeout(() => {
      for (const connection of this.connections) connection.destroy();
    }, graceMs);
    await done;
    clearTimeout(timer);
  }
}
