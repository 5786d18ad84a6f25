import type { AdminClient } from './admin-client.js';
import type { RoutedRequest, StateChange } from './shapes.js';

type Listener = () => void;

/** Tells what the gateway decides and sees: each destination's row of its requests, the picture of all. One event stream for the page. */
export class DecisionFeed {
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly all = new Set<(request: RoutedRequest) => void>();
  private readonly changes = new Set<(change: StateChange) => void>();

  /** Opens the stream; returns what closes it. */
  connect(admin: AdminClient): () => void {
    return admin.watch(
      (request) => {
        for (const listener of this.listeners.get(`${request.upstream}/${request.destination}`) ?? []) listener();
        for (const listener of this.all) listener(request);
      },
      (change) => {
        for (const listener of this.changes) listener(change);
      },
    );
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

  /** Calls `listener` for every sampled request; returns what ends it. */
  onRequest(listener: (request: RoutedRequest) => void): () => void {
    this.all.add(listener);
    return () => this.all.delete(listener);
  }

  /** Calls `listener` for every change of a destination's state; returns what ends it. */
  onChange(listener: (change: StateChange) => void): () => void {
    this.changes.add(listener);
    return () => this.changes.delete(listener);
  }
}
