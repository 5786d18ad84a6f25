import type { ServerResponse } from 'node:http';

export interface HeldResponse {
  /** Commits the pending changes; undefined when there are none. */
  commit(): Promise<void> | undefined;
  /** Answers in place of the handler, whose response was not sent. */
  refuse(error: unknown): void;
  /** Records a failure that no answer can report: the response had begun, or already reports an error of the server. */
  lost(error: unknown): void;
}

/**
 * Calls `commit` before the first byte of the response leaves, and holds the response until it is done. If it fails, no
 * byte has been sent: the headers the handler set are removed and `refuse` answers instead. When there is nothing to
 * commit the response is not delayed by a single tick.
 *
 * A response that streams is committed before its head; changes made while it streams are committed before its end, and
 * a failure then can only be reported to `lost`. After a failure no more changes are committed.
 *
 * No call of a handler becomes an unhandled rejection here. Node may refuse a held call when it is made at last; `refuse` answers
 * that too, or the connection ends if the response had begun.
 */
export function holdResponse(res: ServerResponse, held: HeldResponse): void {
  const hold = new Hold(res, held);
  (res as WithHold)[HOLD] = hold;
  // These are shared functions, not closures, because this runs for every request.
  res.writeHead = heldWriteHead as ServerResponse['writeHead'];
  res.flushHeaders = heldFlushHeaders;
  res.write = heldWrite as ServerResponse['write'];
  res.end = heldEnd as ServerResponse['end'];
}

const HOLD = Symbol('held response');
const DESCRIBES_BODY =
  /^(content-|etag$|last-modified$|location$|set-cookie$|transfer-encoding$|trailer$|accept-ranges$)/;

type WithHold = ServerResponse & { [HOLD]?: Hold };
type Method = 'writeHead' | 'flushHeaders' | 'write' | 'end';

class Hold {
  private readonly originals: Record<Method, (...args: never[]) => unknown>;
  private phase: 'idle' | 'holding' | 'open' | 'failed' = 'idle';
  private queue: Array<readonly [Method, unknown[]]> = [];
  private blockedWriter = false;

  constructor(
    private readonly res: ServerResponse,
    private readonly held: HeldResponse,
  ) {
    const { writeHead, flushHeaders, write, end } = res;
    this.originals = { writeHead, flushHeaders, write, end };
  }

  /** Calls the method now, or queues it and returns `meanwhile`. */
  pass(method: Method, args: unknown[], meanwhile: unknown): unknown {
    if (this.phase === 'idle') {
      const pending = this.held.commit();
      this.phase = pending === undefined ? 'open' : 'holding';
      pending?.then(
        () => this.open(),
        (error: unknown) => this.fail(error),
      );
    }
    // The handler that was refused may go on writing after the answer is complete, which Node reports as an error event.
    if (this.phase === 'failed' && this.res.writableEnded) return meanwhile;
    if (this.phase !== 'holding') return this.call(method, args);
    this.queue.push([method, args]);
    this.blockedWriter ||= method === 'write';
    return meanwhile;
  }

  end(args: unknown[]): unknown {
    if (this.phase !== 'open' || this.res.writableEnded) return this.pass('end', args, this.res);
    // The response streamed. Changes made since its head are committed now.
    const pending = this.held.commit();
    if (pending === undefined) return this.call('end', args);
    pending
      .catch((error: unknown) => this.held.lost(error))
      .then(() => this.call('end', args))
      .catch((error: unknown) => this.break(error));
    return this.res;
  }

  private open(): void {
    this.phase = 'open';
    try {
      this.flush();
    } catch (error) {
      // Node refused the call, as it does for `end(5)`. The handler made it earlier and cannot catch the error any more.
      if (this.res.headersSent) this.break(error);
      else this.refuse(error);
    }
  }

  private fail(error: unknown): void {
    if (!this.isServerError()) {
      this.refuse(error);
      return;
    }
    this.phase = 'failed';
    this.held.lost(error);
    try {
      this.flush();
    } catch (refused) {
      this.break(refused);
    }
  }

  private flush(): void {
    const queue = this.queue;
    this.queue = [];
    for (const [method, args] of queue) this.call(method, args);
    if (this.blockedWriter) this.res.emit('drain');
  }

  /** Whether the handler's own answer already says that the request failed. */
  private isServerError(): boolean {
    const [method, args] = this.queue[0] ?? [];
    const status = method === 'writeHead' ? args?.[0] : this.res.statusCode;
    return typeof status === 'number' && status >= 500;
  }

  private refuse(error: unknown): void {
    this.phase = 'failed';
    this.queue = [];
    for (const name of this.res.getHeaderNames()) {
      if (DESCRIBES_BODY.test(name)) this.res.removeHeader(name);
    }
    try {
      this.held.refuse(error);
    } catch (unanswered) {
      this.break(unanswered);
    }
  }

  /** No answer is possible any more. The connection ends, so that the client does not take the answer for complete. */
  private break(error: unknown): void {
    this.phase = 'failed';
    this.held.lost(error);
    this.res.destroy();
  }

  private call(method: Method, args: unknown[]): unknown {
    // All arguments go through, so every overload keeps its meaning.
    return Reflect.apply(this.originals[method], this.res, args);
  }
}

function heldWriteHead(this: WithHold, ...args: unknown[]): unknown {
  return this[HOLD]?.pass('writeHead', args, this);
}

function heldFlushHeaders(this: WithHold): void {
  this[HOLD]?.pass('flushHeaders', [], undefined);
}

function heldWrite(this: WithHold, ...args: unknown[]): unknown {
  return this[HOLD]?.pass('write', args, false);
}

function heldEnd(this: WithHold, ...args: unknown[]): unknown {
  return this[HOLD]?.end(args);
}
