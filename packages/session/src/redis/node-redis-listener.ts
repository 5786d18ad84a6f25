import { backOffMs, type ListeningConnection } from './redis-port.js';

/** The part of node-redis's client that is used here, the same in versions 4 and 5. */
export interface NodeRedisConnection {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  readonly options?: { readonly socket?: object | undefined } | undefined;
  once(event: string, listener: () => void): unknown;
  on(event: string, listener: () => void): unknown;
  connect(): Promise<unknown>;
  /** Version 5; in version 4 `disconnect` does the same. */
  destroy?(): void;
  disconnect(): unknown;
  duplicate(overrides: object): NodeRedisConnection;
  sendCommand(command: readonly string[]): Promise<unknown>;
  subscribe(channel: string, listener: (payload: unknown) => void): Promise<unknown>;
}

/**
 * Listens on a connection made like the application's. Each reconnection is a new connection, since node-redis would subscribe
 * again by itself, and a subscribed connection cannot be asked to track keys any more.
 */
export class NodeRedisListener implements ListeningConnection {
  private connection: NodeRedisConnection | undefined;
  /** The connection being made; a frozen Redis may leave it so. */
  private opening: NodeRedisConnection | undefined;
  private readonly readyListeners: Array<() => void> = [];
  private readonly lostListeners: Array<() => void> = [];
  private attempts = 0;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;

  /** `from` gives the client to make a connection like; it may be another one each time. */
  constructor(private readonly from: () => NodeRedisConnection | Promise<NodeRedisConnection>) {
    void this.open();
  }

  onReady(act: () => void): void {
    this.readyListeners.push(act);
    if (this.connection?.isReady) act();
  }

  onLost(act: () => void): void {
    this.lostListeners.push(act);
  }

  async subscribe(channel: string, onMessage: (payload: unknown) => void): Promise<void> {
    await this.current().subscribe(channel, onMessage);
  }

  async send(...command: readonly string[]): Promise<unknown> {
    return this.current().sendCommand(command);
  }

  reconnect(): void {
    this.lose(this.connection);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    end(this.connection);
    end(this.opening);
  }

  private current(): NodeRedisConnection {
    if (this.connection === undefined) throw new Error('The connection to Redis is lost');
    return this.connection;
  }

  private async open(): Promise<void> {
    let connection: NodeRedisConnection | undefined;
    try {
      const client = await this.from();
      if (this.closed) return;
      connection = client.duplicate({
        RESP: 2,
        clientSideCache: undefined,
        // Version 5 sets these where the application has RESP3, and refuses them without.
        maintNotifications: 'disabled',
        emitInvalidate: false,
        disableOfflineQueue: false,
        socket: { ...client.options?.socket, reconnectStrategy: false },
      });
      const made = connection;
      this.opening = made;
      // Without a listener an 'error' event ends the process.
      for (const event of ['error', 'end']) made.on(event, () => this.lose(made));
      await made.connect();
      if (this.closed) return end(made);
      this.opening = undefined;
      this.attempts = 0;
      this.connection = made;
      for (const act of this.readyListeners) act();
    } catch {
      end(connection);
      this.openLater();
    }
  }

  /** Loses a connection, at most once: a lost one reports an error and an end. */
  private lose(connection: NodeRedisConnection | undefined): void {
    if (connection === undefined || connection !== this.connection) return;
    this.connection = undefined;
    end(connection);
    for (const act of this.lostListeners) act();
    this.openLater();
  }

  private openLater(): void {
    if (this.closed) return;
    this.attempts += 1;
    this.timer = setTimeout(() => void this.open(), backOffMs(this.attempts));
    this.timer.unref();
  }
}

function end(connection: NodeRedisConnection | undefined): void {
  if (connection === undefined) return;
  try {
    if (connection.destroy !== undefined) connection.destroy();
    else Promise.resolve(connection.disconnect()).catch(() => undefined);
  } catch {
    // The connection was closed already.
  }
}
