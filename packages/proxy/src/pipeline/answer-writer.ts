import type { Client } from './client.js';

const MERGE_BYTES = 8192;

/** Writes an answer to the client. Its head waits for the first bytes of the body, so that small answers are one write. */
export class AnswerWriter {
  private head = '';

  constructor(private readonly client: Client) {}

  begin(head: string): void {
    this.head = head;
  }

  /** Part of the body. False when the client is behind. */
  write(bytes: Buffer, from: number, to: number): boolean {
    const { head } = this;
    if (head === '') return this.client.writeBytes(bytes.subarray(from, to));
    this.head = '';
    return to - from <= MERGE_BYTES
      ? this.client.writeText(head + bytes.toString('latin1', from, to))
      : this.client.writeTextAndBytes(head, bytes.subarray(from, to));
  }

  /** Takes the head back if it is not sent yet; false when it is too late. */
  takeBack(): boolean {
    if (this.head === '') return false;
    this.head = '';
    return true;
  }

  /** Sends the head if it still waits for a body. */
  flush(): void {
    if (this.head === '') return;
    const { head } = this;
    this.head = '';
    this.client.writeText(head);
  }
}
