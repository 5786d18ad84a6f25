import type { ServerResponse } from 'node:http';

/**
 * Calls `commit` before the first byte of the response leaves, and holds the response until it is done. If it fails,
 * nothing has been sent: the headers the handler set are removed and `refuse` answers instead. When there is nothing to
 * commit (`undefined`) the response is not delayed by a single tick.
 *
 * A response that streams is committed before its head; changes made while it streams are committed before its end, and
 * a failure then can only be reported to `lost`.
 */
export function holdResponse(
  res: ServerResponse,
  commit: () => Promise<void> | undefined,
  refuse: (error: unknown) => void,
  lost: (error: unknown) => void,
): void {
  const { writeHead, write, end, flushHeaders } = res;
  let phase: 'idle' | 'holding' | 'open' = 'idle';
  let queue: Array<() => unknown> = [];
  let blockedWriter = false;

  function open(): void {
    phase = 'open';
    for (const call of queue) call();
    queue = [];
    if (blockedWriter) res.emit('drain');
  }

  function fail(error: unknown): void {
    phase = 'open';
    queue = [];
    for (const name of res.getHeaderNames()) {
      if (DESCRIBES_BODY.test(name)) res.removeHeader(name);
    }
    refuse(error);
  }

  /** Runs the call now, or queues it and returns `held`. */
  function pass<Result>(call: () => Result, held: Result): Result {
    if (phase === 'idle') {
      const pending = commit();
      if (pending === undefined) {
        phase = 'open';
        return call();
      }
      phase = 'holding';
      pending.then(open, fail);
    }
    if (phase === 'open') return call();
    queue.push(call);
    return held;
  }

  // The overloads of these methods only shift optional arguments; passing all of them on keeps every form.
  res.writeHead = (...args: unknown[]) => pass(() => Reflect.apply(writeHead, res, args), res);
  res.flushHeaders = () => pass(() => Reflect.apply(flushHeaders, res, []), undefined);
  res.write = (...args: unknown[]) => {
    const sent = pass(() => Reflect.apply(write, res, args), false);
    if (phase === 'holding') blockedWriter = true;
    return sent;
  };
  res.end = (...args: unknown[]) => {
    const streamed = phase === 'open';
    const finish = () => Reflect.apply(end, res, args);
    if (!streamed || res.writableEnded) return pass(finish, res);
    const pending = commit();
    if (pending === undefined) return finish();
    pending.catch(lost).finally(finish);
    return res;
  };
}

const DESCRIBES_BODY =
  /^(content-|etag$|last-modified$|location$|set-cookie$|transfer-encoding$|trailer$|accept-ranges$)/;
