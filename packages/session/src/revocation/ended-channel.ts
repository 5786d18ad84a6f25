import type { ListeningConnection, RedisPort } from '../redis/redis-port.js';
import type { EndReason } from '../sessions.js';

/** What the scripts publish when a session ends. */
export interface EndedMessage {
  readonly id: string;
  readonly bucket: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly reason: EndReason;
  readonly origin: string;
}

/**
 * Hears of every session that ends anywhere, by Redis pub/sub: at most once, and not while disconnected, which is why
 * `onReconnected` is told when messages may have been missed.
 */
export class EndedChannel {
  readonly #connection: ListeningConnection;

  constructor(port: RedisPort, channel: string, onEnded: (message: EndedMessage) => void, onReconnected: () => void) {
    this.#connection = port.listen();
    const hear = (payload: unknown) => {
      const message = parse(String(payload));
      if (message !== undefined) onEnded(message);
    };
    this.#connection.onReady(() => {
      this.#connection.subscribe(channel, hear).then(onReconnected, () => {
        // The connection broke again; it will be ready again.
      });
    });
  }

  close(): void {
    this.#connection.close();
  }
}

/** Whoever can publish to Redis could send anything; what is no announcement is ignored. */
function parse(text: string): EndedMessage | undefined {
  try {
    const message = JSON.parse(text) as EndedMessage;
    return typeof message.sessionId === 'string' && typeof message.id === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
