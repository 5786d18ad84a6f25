import { reportWarning } from '../errors/report-error.js';
import { isUnavailable } from '../redis/is-unavailable.js';
import type { ListeningConnection, RedisPort } from '../redis/redis-port.js';
import { refusedPermission } from '../redis/refused-permission.js';
import type { EndReason } from '../sessions.js';

/** The wait between two tries of a subscription that Redis refuses. */
const RETRY_MS = 5000;

/** An announcement that the scripts publish when a session ends. */
export interface EndedMessage {
  readonly id: string;
  readonly bucket: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly reason: EndReason;
  readonly origin: string;
}

/**
 * Hears of every session that ends anywhere, by Redis pub/sub. Each end arrives at most once, and none arrives while
 * disconnected; `onReconnected` is told when messages may have been missed.
 */
export class EndedChannel {
  private readonly connection: ListeningConnection;
  private retry: NodeJS.Timeout | undefined;
  private isReported = false;
  private isClosed = false;

  constructor(port: RedisPort, channel: string, onEnded: (message: EndedMessage) => void, onReconnected: () => void) {
    this.connection = port.listen();
    const hear = (payload: unknown) => {
      const message = parse(String(payload));
      if (message !== undefined) onEnded(message);
    };
    const subscribe = () => {
      clearTimeout(this.retry);
      this.connection.subscribe(channel, hear).then(onReconnected, (error: unknown) => {
        if (this.isClosed) return;
        // A connection that broke again will be ready again. That is no refusal.
        if (!isUnavailable(error)) this.report(error);
        this.retry = setTimeout(subscribe, RETRY_MS);
        this.retry.unref();
      });
    };
    this.connection.onReady(subscribe);
    this.connection.onLost(() => clearTimeout(this.retry));
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.retry);
    this.connection.close();
  }

  private report(error: unknown): void {
    if (this.isReported) return;
    this.isReported = true;
    const reason = refusedPermission(error) ?? (error instanceof Error ? error.message : String(error));
    reportWarning(
      `Redis refuses the subscription to ended sessions (${reason}): this process hears of them only by asking, every 30 seconds. It is tried again every ${RETRY_MS / 1000} s. docs/session.md lists what the user of Redis needs under "The ACL user".`,
    );
  }
}

/** Any client of Redis can publish anything here, so everything but an announcement is ignored. */
function parse(text: string): EndedMessage | undefined {
  try {
    const message = JSON.parse(text) as EndedMessage;
    return typeof message.sessionId === 'string' && typeof message.id === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
