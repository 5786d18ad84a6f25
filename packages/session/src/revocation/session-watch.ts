import type { Authenticated, EndReason, SessionEnded } from '../sessions.js';

/** Asks the store: why the session is over, or null while it is alive. */
export type Recheck = (session: Authenticated) => Promise<EndReason | null>;

interface Watcher {
  readonly session: Authenticated;
  readonly listener: (reason: EndReason) => void;
}

/**
 * Tells open sockets that their session is over: at once by the announcement, and within `recheckMs` if that was lost.
 */
export class SessionWatch {
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly recheck: Recheck,
    recheckMs: number,
  ) {
    this.#timer = setInterval(() => void this.recheckAll(), recheckMs);
    this.#timer.unref();
  }

  add(session: Authenticated, listener: (reason: EndReason) => void): () => void {
    const watcher: Watcher = { session, listener };
    const watchers = this.#watchers.get(session.sessionId) ?? new Set();
    this.#watchers.set(session.sessionId, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchers.get(session.sessionId) === watchers) {
        this.#watchers.delete(session.sessionId);
      }
    };
  }

  ended(event: Pick<SessionEnded, 'sessionId' | 'reason'>): void {
    const watchers = this.#watchers.get(event.sessionId);
    if (watchers === undefined) return;
    // Forgotten first: whatever a listener does, it is called once.
    this.#watchers.delete(event.sessionId);
    for (const watcher of watchers) watcher.listener(event.reason);
  }

  /** Also after a reconnect, when announcements may have been missed. */
  async recheckAll(): Promise<void> {
    await Promise.all([...this.#watchers.keys()].map((sessionId) => this.#recheckOne(sessionId)));
  }

  async #recheckOne(sessionId: string): Promise<void> {
    const [first] = this.#watchers.get(sessionId) ?? [];
    if (first === undefined) return;
    try {
      const reason = await this.recheck(first.session);
      if (reason !== null) this.ended({ sessionId, reason });
    } catch {
      // Redis is unavailable: not knowing is no reason to close, and the next round asks again.
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#watchers.clear();
  }
}
