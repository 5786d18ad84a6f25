/** The phase of an attempt in which it failed. */
export type ForwardPhase = 'connect' | 'answer-head' | 'answer-body';

/** The failure of an attempt to reach a destination. It is a value, not an exception, because it is expected. */
export interface ForwardFailure {
  readonly phase: ForwardPhase;
  /** `local`: this process lacked descriptors or the like, or the name could not be looked up; no packet was sent. */
  readonly kind: 'refused' | 'timeout' | 'lost' | 'malformed' | 'local';
  /** The system's code of a `local` failure. */
  readonly code?: string | undefined;
  /** The connection had served a request before: the destination may just have closed it for being idle. */
  readonly reused: boolean;
}
