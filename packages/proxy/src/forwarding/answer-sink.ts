import type { ResponseHead } from '../http1/response-head.js';
import type { ForwardFailure } from './forward-failure.js';

/** Takes one answer, in order. Every call is synchronous; `head` and `bytes` are valid until it returns. */
export interface AnswerSink {
  /** Whether the method of the request rules out a body in its answer. */
  readonly answerHasNoBody: boolean;
  /** Decode chunked coding instead of passing it on (for HTTP/1.0 clients). */
  readonly decodeChunked: boolean;
  readonly upgradeAsked: boolean;
  connected(): void;
  interim(head: ResponseHead): void;
  answerHead(head: ResponseHead): void;
  range(bytes: Buffer, from: number, to: number): void;
  /** The bytes of one read have all been passed on. Returns true when some are still held and must not be overwritten. */
  flush(): boolean;
  answerEnd(): void;
  upgraded(head: ResponseHead): void;
  /** Passes on bytes after the upgrade. */
  tunnelled(bytes: Buffer, from: number, to: number): void;
  tunnelEnd(): void;
  failed(failure: ForwardFailure): void;
  upstreamDrained(): void;
  /** The destination is slow or down while the request waits for its answer. Called repeatedly until that changes. */
  destinationIsLate(): void;
}
