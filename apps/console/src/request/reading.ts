import type { SessionStore } from '../scenario/catalogue.js';

/** Codes by which a service says that its store did not answer. */
const STORE_CODES = new Set(['session_unavailable', 'storage_unavailable', 'registered_not_signed_in']);

interface Failure {
  readonly status: number | null;
  readonly code: string | null;
}

/** No answer, or one that says only that something was out of reach: it tells nothing about login and data. */
export function isUnknown({ status }: Failure): boolean {
  return status === null || status >= 500;
}

/** What did not answer, in words; for a failure that `isUnknown`. */
export function outageSentence({ status, code }: Failure): string {
  if (status === null) return 'The gateway is unreachable.';
  if (code !== null && STORE_CODES.has(code)) return 'The shared store (Redis) is unreachable.';
  if (code === 'no_destination') return 'No server of this scenario is up.';
  if (status === 502 || status === 504) return 'The server is unreachable.';
  return `The server answered ${status}${code === null ? '' : ` (${code})`}.`;
}

/** Why a server does not know the user's login, from the code of its 401 and from where the scenario keeps sessions. */
export function denialSentence(code: string, store: SessionStore): string {
  switch (code) {
    case 'session_ended':
      return 'says that this session was ended: by a logout, here or elsewhere.';
    case 'session_expired':
      return 'says that this session has expired.';
    case 'unauthenticated':
      return 'was sent no login: the browser has none any more, as after a logout in another tab.';
    case 'session_unknown':
      return store === 'memory'
        ? 'does not know this login: it is in another server’s memory, or was lost with it.'
        : 'does not find this session in the shared store: it was ended, or it expired.';
    default:
      return `refuses this login (${code}).`;
  }
}
