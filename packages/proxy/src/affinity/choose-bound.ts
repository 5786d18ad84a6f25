/** What affinity needs to know of the destination a client is bound to. */
export interface Bound {
  readonly acceptsBound: boolean;
  readonly draining: boolean;
}

/** What affinity decides: stay, stay although it drains, choose anew, refuse, or nothing to say. */
export type BoundChoice = 'stay' | 'stay-draining' | 'redistribute' | 'refuse' | 'unbound';

/** Decides whether a client stays with the destination it is bound to. */
export function chooseBound(bound: Bound | undefined, onFailure: 'redistribute' | 'refuse'): BoundChoice {
  if (bound === undefined) return 'unbound';
  if (bound.acceptsBound) return bound.draining ? 'stay-draining' : 'stay';
  return onFailure;
}
