import type { TcpNetConnectOpts } from 'node:net';
import type { UpstreamConnection } from './upstream-connection.js';

/** Timeouts of one upstream, in milliseconds. */
export interface UpstreamTimeouts {
  readonly connectMs: number;
  readonly responseMs: number;
  readonly bodyIdleMs: number;
}

/** Where connections lead. */
export interface ConnectAddress {
  readonly connect: TcpNetConnectOpts;
  /** A connection was made. */
  used(socket: { readonly remoteAddress?: string | undefined }): void;
}

/** Takes connections back after an answer and hears when one is gone. */
export interface ConnectionOwner {
  readonly address: ConnectAddress;
  readonly timeouts: UpstreamTimeouts;
  /** The answer is complete and the connection may serve another request. */
  reusable(connection: UpstreamConnection): void;
  /** When the destination last sent anything. */
  lastHeardMs: number;
  closed(connection: UpstreamConnection, whileIdle: boolean): void;
}
