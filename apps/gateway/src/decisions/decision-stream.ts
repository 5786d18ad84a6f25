import type { ServerResponse } from 'node:http';
import type { ReverseProxy } from '@holdfast/proxy';

const MAX_WATCHERS = 32;
const HEARTBEAT_MS = 15_000;
/** How long a browser waits before it reconnects. */
const RETRY_MS = 2000;

/**
 * The proxy's sampled decisions and destination changes as server-sent events. It costs nothing without watchers. A watcher that
 * reads too slowly misses events, because this is a live view, not a log.
 */
export class DecisionStream {
  private readonly watchers = new Set<ServerResponse>();
  private stopListening: (() => void) | undefined;

  constructor(private readonly proxy: Pick<ReverseProxy, 'on'>) {}

  /** Streams to `response` until it closes; false when there are too many watchers already. */
  add(response: ServerResponse): boolean {
    if (this.watchers.size >= MAX_WATCHERS) return false;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
    this.watchers.add(response);
    this.stopListening ??= this.listen();
    response.once('close', () => this.remove(response));
    return true;
  }

  /** Ends every stream, so that a shutdown does not wait for watchers. */
  close(): void {
    for (const watcher of this.watchers) watcher.end();
  }

  private remove(response: ServerResponse): void {
    this.watchers.delete(response);
    if (this.watchers.size > 0) return;
    this.stopListening?.();
    this.stopListening = undefined;
  }

  private listen(): () => void {
    const offDecision = this.proxy.on('decision', (decision) => this.send('decision', decision));
    const offChange = this.proxy.on('change', (change) => this.send('change', change));
    const heartbeat = setInterval(() => this.write(': still here\n\n'), HEARTBEAT_MS);
    return () => {
      offDecision();
      offChange();
      clearInterval(heartbeat);
    };
  }

  private send(event: string, data: object): void {
    this.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private write(text: string): void {
    for (const watcher of this.watchers) if (!watcher.writableNeedDrain) watcher.write(text);
  }
}
