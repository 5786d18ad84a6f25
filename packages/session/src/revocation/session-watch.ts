import type { Authenticated, EndReason, SessionEnded } from '../sessions.js';
import { tell } from './ended-listeners.js';

/** Asks the store for the reason why the session is over, or null while it is alive. */
export type Recheck = (session: Authenticated) => Promise<EndReason | null>;

interface Watcher {
  readonly session: Authenticated;
  readonly listener: (reason: EndReason) => void;
}

/** This time is longer than any upgrade takes from reading the session to watching it. */
const REMEMBER_MS = 60_000;

/**
 * Tells open sockets that their session is over: at once by the announcement, and within `recheckMs` if that was lost.
 */
export class SessionWatch {
  private readonly watchers = new Map<string, Set<Watcher>>();
  /** Sessions ended a moment ago, oldest first. A caller that read the session before its end and watches it only now is told too. */
  private readonly recent = new Map<string, { readonly reason: EndReason; readonly atMs: number }>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly recheck: Recheck,
    recheckMs: number,
    private readonly now: () => number = Date.now,
  ) {
    this.timer = setInterval(() => void this.recheckAll(), recheckMs);
    this.timer.unref();
  }

  add(session: Authenticated, listener: (reason: EndReason) => void): () => void {
    const ended = this.recent.get(session.sessionId);
    if (ended !== undefined) {
      // The listener is called later, because the caller is still setting up.
      queueMicrotask(() => tell(() => listener(ended.reason)));
      return () => undefined;
    }
    const watcher: Watcher = { session, listener };
    const watchers = this.watchers.get(session.sessionId) ?? new Set();
    this.watchers.set(session.sessionId, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.watchers.get(session.sessionId) === watchers) {
        this.watchers.delete(session.sessionId);
      }
    };
  }

  ended(event: Pick<SessionEnded, 'sessionId' | 'reason'>): void {
    this.remember(event);
    const watchers = this.watchers.get(event.sessionId);
    if (watchers === undefined) return;
    // The watchers are forgotten first, so that each is called once, whatever a listener does.
    this.watchers.delete(event.sessionId);
    for (const { listener } of watchers) tell(() => listener(event.reason));
  }

  /** Checks all sessions again, also after a reconnect, when announcements may have been missed. */
  async recheckAll(): Promise<void> {
    await Promise.all([...this.watchers.keys()].map((sessionId) => this.recheckOne(sessionId)));
  }

  private remember({ sessionId, reason }: Pick<SessionEnded, 'sessionId' | 'reason'>): void {
    const atMs = this.now();
    for (const [id, ended] of this.recent) {
      if (atMs - ended.atMs < REMEMBER_MS) break;
      this.recent.delete(id);
    }
    this.recent.set(sessionId, { reason, atMs });
  }

  private async recheckOne(sessionId: string): Promise<void> {
    const [first] = this.watchers.get(sessionId) ?? [];
    if (first === undefined) return;
    try {
      const reason = await this.recheck(first.session);
      if (reason !== null) this.ended({ sessionId, reason });
    } catch {
      // Redis is unavailable. That is no reason to close a session; the next round asks again.
    }
  }

  close(): void {
    clearInterval(this.timer);
    this.watchers.clear();
  }
}
