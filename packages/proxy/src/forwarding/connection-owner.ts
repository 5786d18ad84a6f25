import type { TcpNetConnectOpts } from 'node:net';
import type { UpstreamConnection } from './upstream-connection.js';

/** Timeouts of one upstream, in milliseconds. */
export interface UpstreamTimeouts {
  readonly connectMs: number;
  readonly responseMs: number;
  readonly bodyIdleMs: number;
}

/** The address that connections go to. */
export interface ConnectAddress {
  readonly connect: TcpNetConnectOpts;
  /** Called when a connection was made. */
  used(socket: { readonly remoteAddress?: string | undefined }): void;
}

/** Takes connections back after an answer and is told when one is gone. */
export interface ConnectionOwner {
  readonly address: ConnectAddress;
  readonly timeouts: UpstreamTimeouts;
  /** The answer is complete and the connection may serve another request. */
  reusable(connection: UpstreamConnection): void;
  /** The time at which the destination last sent anything. */
  lastHeardMs: number;
  closed(connection: UpstreamConnection, whileIdle: boolean): void;
}
