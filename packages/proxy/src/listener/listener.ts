import { createServer, type Server, type Socket } from 'node:net';
import type { ResolvedConfig } from '../config/proxy-config.js';
import type { Deadlines } from '../deadlines.js';
import { RequestHead } from '../http1/request-head.js';
import type { ProxyState } from '../pipeline/proxy-state.js';
import { ClientConnection, type ListenerShared } from './client-connection.js';
import { listenOn } from './listen-on.js';

function headReader({ limits, underscoresInHeaders }: ResolvedConfig): RequestHead {
  return new RequestHead({ ...limits, underscoresInHeaders });
}

/** The port for traffic: accepts clients up to a limit and keeps track of them. */
export class Listener implements ListenerShared {
  head: RequestHead;
  private readonly server: Server;
  private readonly connections = new Set<ClientConnection>();
  private emptied: (() => void) | undefined;

  constructor(
    readonly state: ProxyState,
    readonly deadlines: Deadlines,
  ) {
    this.head = headReader(state.generation.config);
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.serve(socket));
    this.server.on('error', (error: NodeJS.ErrnoException) => this.cannotAccept(error));
    this.server.maxConnections = state.generation.config.limits.maxConnections;
  }

  /** Applies new limits. */
  reconfigure(): void {
    const { limits } = this.state.generation.config;
    this.head = headReader(this.state.generation.config);
    this.server.maxConnections = limits.maxConnections;
  }

  listen(port: number, host: string): Promise<{ port: number; host: string }> {
    return listenOn(this.server, { port, host });
  }

  /** Serves a client that another process accepted. */
  take(socket: Socket): void {
    if (this.state.closing || this.connections.size >= this.server.maxConnections) {
      socket.destroy();
      return;
    }
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    this.serve(socket);
  }

  /** Counts and reports a client that could not be accepted, for example for lack of a descriptor. */
  private cannotAccept({ code = 'unknown' }: NodeJS.ErrnoException): void {
    if (!this.server.listening) return;
    const { counters, warnings } = this.state;
    counters.localErrors[code] = (counters.localErrors[code] ?? 0) + 1;
    warnings.localError(code, 'a client could not be accepted');
  }

  private serve(socket: Socket): void {
    this.state.counters.connections++;
    this.state.counters.openConnections++;
    this.connections.add(new ClientConnection(socket, this));
  }

  closed(connection: ClientConnection): void {
    if (!this.connections.delete(connection)) return;
    this.state.counters.openConnections--;
    if (this.connections.size === 0) this.emptied?.();
  }

  /** Stops accepting, closes idle clients and waits for the others for at most `graceMs`. */
  async close(graceMs: number): Promise<void> {
    const portClosed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const empty = new Promise<void>((resolve) => {
      this.emptied = resolve;
    });
    if (this.connections.size === 0) this.emptied?.();
    for (const connection of this.connections) connection.closeIfIdle();
    const timer = setTimeout(() => {
      for (const connection of this.connections) connection.destroy();
    }, graceMs);
    await Promise.all([portClosed, empty]);
    clearTimeout(timer);
  }
}
