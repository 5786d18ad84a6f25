/** The properties of the client's destination that `chooseBound` reads. */
export interface Bound {
  readonly acceptsBound: boolean;
  readonly draining: boolean;
}

/** The outcome of affinity: stay, stay although the destination drains, choose another one, refuse, or not bound at all. */
export type BoundChoice = 'stay' | 'stay-draining' | 'redistribute' | 'refuse' | 'unbound';

/** Decides whether a client stays with the destination it is bound to. */
export function chooseBound(bound: Bound | undefined, onFailure: 'redistribute' | 'refuse'): BoundChoice {
  if (bound === undefined) return 'unbound';
  if (bound.acceptsBound) return bound.draining ? 'stay-draining' : 'stay';
  return onFailure;
}
