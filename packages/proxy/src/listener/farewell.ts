import type { Socket } from 'node:net';
import { type Deadlines, NEVER, type Timed } from '../deadlines.js';
import { sendQueueEmpty } from '../sockets/send-queue.js';

/** The client may take this long to close its side after its last byte was sent. */
const LINGER_MS = 1000;
/** A client whose upload was refused may go on sending, with pauses up to this and for 30 s in all. It reads the answer afterwards. */
export const UPLOAD_SILENCE_MS = 5000;
export const UPLOAD_LINGER_MS = 30_000;

export interface FarewellOptions {
  /** The client may still be sending a request. */
  readonly uploading?: boolean;
  /** The end has to be a reset. */
  readonly reset?: boolean;
}

/**
 * Closes a client's connection without losing a byte that was written to it. First the client takes the remaining bytes, at its own pace;
 * then bytes still coming in are read and dropped for a moment, else TCP would reset the connection and the client would lose the answer.
 */
export class Farewell implements Timed {
  deadlineMs: number;
  private untilMs = NEVER;

  constructor(
    private readonly socket: Socket,
    private readonly deadlines: Deadlines,
    private readonly options: FarewellOptions,
    writeStallMs: number,
    private readonly done: () => void,
  ) {
    const { uploading = false, reset = false } = options;
    this.deadlineMs = deadlines.in(writeStallMs);
    deadlines.add(this);
    if (reset) socket.write('', () => void this.resetWhenDelivered());
    else socket.end(() => this.afterLastByte(uploading));
    socket.resume();
  }

  /** The client sent something, which is dropped. */
  received(): void {
    if (this.untilMs !== NEVER) this.awaitSilence();
  }

  /** The client ended its side. */
  ended(): void {
    if (this.socket.writableFinished) this.done();
  }

  /** The connection is gone. */
  stop(): void {
    this.deadlines.remove(this);
  }

  expired(): void {
    this.deadlineMs = NEVER;
    // An orderly end would make a cut answer look complete.
    if (this.options.reset === true) this.socket.resetAndDestroy();
    this.done();
  }

  private afterLastByte(uploading: boolean): void {
    this.deadlineMs = this.deadlines.in(LINGER_MS);
    if (!uploading) return;
    this.untilMs = this.deadlines.in(UPLOAD_LINGER_MS);
    this.awaitSilence();
  }

  private awaitSilence(): void {
    this.deadlineMs = Math.min(this.untilMs, this.deadlines.in(UPLOAD_SILENCE_MS));
  }

  private async resetWhenDelivered(): Promise<void> {
    await sendQueueEmpty(this.socket);
    if (this.socket.destroyed) return;
    this.socket.resetAndDestroy();
    this.done();
  }
}
