/** The properties of the client's destination that `chooseBound` reads. */
export interface Bound {
  readonly acceptsBound: boolean;
  readonly draining: boolean;
}

/** The outcome of affinity: stay, stay although the destination drains, choose another one, refuse, or not bound at all. */
export type BoundChoice = 'stay' | 'stay-draining' | 'redistribute' | 'refuse' | 'unbound';

/** The settings of an affinity that `chooseBound` reads. */
export interface BoundSettings {
  readonly onFailure: 'redistribute' | 'refuse';
  readonly whenDraining: 'keep' | 'move';
}

/** Decides whether a client stays with the destination it is bound to. A drain that moves clients never refuses them. */
export function chooseBound(bound: Bound | undefined, { onFailure, whenDraining }: BoundSettings): BoundChoice {
  if (bound === undefined) return 'unbound';
  if (bound.draining && whenDraining === 'move') return 'redistribute';
  if (bound.acceptsBound) return bound.draining ? 'stay-draining' : 'stay';
  return onFailure;
}
