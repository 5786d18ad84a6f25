import { serviceRestartFrame, WebSocketFrames } from '../forwarding/websocket-frames.js';
import type { Tunnel } from '../upstreams/destination.js';
import type { Client } from './client.js';

/** The way from the destination to the client of a WebSocket, into which a close frame of our own may be put. */
export class RelayedTunnel implements Tunnel {
  private readonly frames = new WebSocketFrames();
  private restarting: 'no' | 'asked' | 'sent' = 'no';

  constructor(private readonly client: Client) {}

  /** Passes on bytes of the destination. False when the client is behind. */
  relay(bytes: Buffer, from: number, to: number): boolean {
    if (this.restarting === 'sent') return true;
    const boundary = this.frames.feed(bytes, from, to);
    if (this.restarting === 'asked' && (boundary > from || this.frames.atBoundary)) {
      this.client.writeBytes(Buffer.from(bytes.subarray(from, boundary)));
      this.sendRestart();
      return true;
    }
    const ok = this.client.writeBytes(bytes.subarray(from, to));
    // A long frame is under way. The tunnel waits for its end as long as bytes come.
    if (this.restarting === 'asked') this.client.awaitRestart();
    return ok;
  }

  restart(): void {
    if (this.restarting !== 'no') return;
    this.restarting = 'asked';
    this.client.awaitRestart();
    if (this.frames.atBoundary) this.sendRestart();
  }

  /** The tunnel is over; a restart planned for it does nothing. */
  end(): void {
    this.restarting = 'sent';
  }

  /** The client answers with a close frame of its own, which the destination gets as usual. */
  private sendRestart(): void {
    this.restarting = 'sent';
    this.client.writeBytes(serviceRestartFrame);
  }
}
