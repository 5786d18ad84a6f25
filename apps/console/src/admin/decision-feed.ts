import type { AdminClient } from './admin-client.js';

type Listener = () => void;

/** Tells each destination's row when a request reached it. One event stream, however many rows. */
export class DecisionFeed {
  private readonly listeners = new Map<string, Set<Listener>>();

  /** Opens the stream; returns what closes it. */
  connect(admin: AdminClient): () => void {
    return admin.watch(({ upstream, destination }) => {
      for (const listener of this.listeners.get(`${upstream}/${destination}`) ?? []) listener();
    });
  }

  /** Calls `listener` for every sampled request to a destination; returns what ends it. */
  on(upstream: string, destination: string, listener: Listener): () => void {
    const key = `${upstream}/${destination}`;
    const set = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.listeners.get(key) === set) this.listeners.delete(key);
    };
  }
}
