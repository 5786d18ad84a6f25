import type { Socket } from 'node:net';

/** A part of the body up to this is copied behind the head, so that both go out in one write. */
const MERGE_BYTES = 8192;

/** Writes requests to a destination: a head waits for the first bytes of its body, or for `flush`. */
export class RequestSender {
  /** Writes fail. The bytes that the destination sent before can still be read. */
  cannotSend = false;
  private unsentHead = '';

  constructor(private readonly socket: Socket) {}

  begin(headText: string): void {
    this.unsentHead = headText;
  }

  /** Keeps `bytes` until they are written. False when the destination is behind. */
  send(bytes: Buffer, from: number, to: number): boolean {
    if (this.cannotSend) return true;
    const { unsentHead, socket } = this;
    this.unsentHead = '';
    let ok: boolean;
    if (unsentHead === '') ok = socket.write(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to));
    else if (to - from <= MERGE_BYTES) ok = socket.write(unsentHead + bytes.toString('latin1', from, to), 'latin1');
    else {
      socket.cork();
      socket.write(unsentHead, 'latin1');
      ok = socket.write(bytes.subarray(from, to));
      socket.uncork();
    }
    // `write` returns false from 16 KB on, even when the kernel took everything.
    return ok || socket.writableLength === 0;
  }

  flush(): void {
    if (this.unsentHead === '') return;
    const headText = this.unsentHead;
    this.unsentHead = '';
    this.socket.write(headText, 'latin1');
  }
}
