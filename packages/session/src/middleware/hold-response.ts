import type { ServerResponse } from 'node:http';

export interface HeldResponse {
  /** Commits what there is to commit; undefined when that is nothing. */
  commit(): Promise<void> | undefined;
  /** Answers in place of the handler, whose response was not sent. */
  refuse(error: unknown): void;
  /** The response had begun, so a late failure cannot be answered any more. */
  lost(error: unknown): void;
}

/**
 * Calls `commit` before the first byte of the response leaves, and holds the response until it is done. If it fails,
 * nothing has been sent: the headers the handler set are removed and `refuse` answers instead. When there is nothing to
 * commit the response is not delayed by a single tick.
 *
 * A response that streams is committed before its head; changes made while it streams are committed before its end, and
 * a failure then can only be reported to `lost`.
 */
export function holdResponse(res: ServerResponse, held: HeldResponse): void {
  const hold = new Hold(res, held);
  (res as WithHold)[HOLD] = hold;
  // Shared functions rather than closures: this runs for every request.
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
  readonly #originals: Record<Method, (...args: never[]) => unknown>;
  #phase: 'idle' | 'holding' | 'open' = 'idle';
  #queue: Array<readonly [Method, unknown[]]> = [];
  #blockedWriter = false;

  constructor(
    private readonly res: ServerResponse,
    private readonly held: HeldResponse,
  ) {
    const { writeHead, flushHeaders, write, end } = res;
    this.#originals = { writeHead, flushHeaders, write, end };
  }

  /** Calls the method now, or queues it and returns `meanwhile`. */
  pass(method: Method, args: unknown[], meanwhile: unknown): unknown {
    if (this.#phase === 'idle') {
      const pending = this.held.commit();
      this.#phase = pending === undefined ? 'open' : 'holding';
      pending?.then(
        () => this.#open(),
        (error: unknown) => this.#fail(error),
      );
    }
    if (this.#phase === 'open') return this.#call(method, args);
    this.#queue.push([method, args]);
    this.#blockedWriter ||= method === 'write';
    return meanwhile;
  }

  end(args: unknown[]): unknown {
    if (this.#phase !== 'open' || this.res.writableEnded) return this.pass('end', args, this.res);
    // The response streamed: once more, for what changed since.
    const pending = this.held.commit();
    if (pending === undefined) return this.#call('end', args);
    pending.catch((error: unknown) => this.held.lost(error)).finally(() => this.#call('end', args));
    return this.res;
  }

  #open(): void {
    this.#phase = 'open';
    for (const [method, args] of this.#queue) this.#call(method, args);
    this.#queue = [];
    if (this.#blockedWriter) this.res.emit('drain');
  }

  #fail(error: unknown): void {
    this.#phase = 'open';
    this.#queue = [];
    for (const name of this.res.getHeaderNames()) {
      if (DESCRIBES_BODY.test(name)) this.res.removeHeader(name);
    }
    this.held.refuse(error);
  }

  #call(method: Method, args: unknown[]): unknown {
    // All arguments go through, so every overload keeps its meaning.
    return Reflect.apply(this.#originals[method], this.res, args);
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
