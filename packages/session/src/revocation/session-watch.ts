import type { Authenticated, EndReason, SessionEnded } from '../sessions.js';
import { tell } from './ended-listeners.js';

/** Asks the store: why the session is over, or null while it is alive. */
export type Recheck = (session: Authenticated) => Promise<EndReason | null>;

interface Watcher {
  readonly session: Authenticated;
  readonly listener: (reason: EndReason) => void;
}

/** Longer than any upgrade takes from reading the session to watching it. */
const REMEMBER_MS = 60_000;

/**
 * Tells open sockets that their session is over: at once by the announcement, and within `recheckMs` if that was lost.
 */
export class SessionWatch {
  readonly #watchers = new Map<string, Set<Watcher>>();
  /** Ended a moment ago, oldest first: whoever read the session before that and watches it only now is told too. */
  readonly #recent = new Map<string, { readonly reason: EndReason; readonly atMs: number }>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly recheck: Recheck,
    recheckMs: number,
    private readonly now: () => number = Date.now,
  ) {
    this.#timer = setInterval(() => void this.recheckAll(), recheckMs);
    this.#timer.unref();
  }

  add(session: Authenticated, listener: (reason: EndReason) => void): () => void {
    const ended = this.#recent.get(session.sessionId);
    if (ended !== undefined) {
      // Not from within this call: the caller is still setting up.
      queueMicrotask(() => tell(() => listener(ended.reason)));
      return () => undefined;
    }
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
    this.#remember(event);
    const watchers = this.#watchers.get(event.sessionId);
    if (watchers === undefined) return;
    // Forgotten first: whatever a listener does, it is called once.
    this.#watchers.delete(event.sessionId);
    for (const { listener } of watchers) tell(() => listener(event.reason));
  }

  /** Also after a reconnect, when announcements may have been missed. */
  async recheckAll(): Promise<void> {
    await Promise.all([...this.#watchers.keys()].map((sessionId) => this.#recheckOne(sessionId)));
  }

  #remember({ sessionId, reason }: Pick<SessionEnded, 'sessionId' | 'reason'>): void {
    const atMs = this.now();
    for (const [id, ended] of this.#recent) {
      if (atMs - ended.atMs < REMEMBER_MS) break;
      this.#recent.delete(id);
    }
    this.#recent.set(sessionId, { reason, atMs });
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
