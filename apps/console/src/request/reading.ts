import type { SessionStore } from '../scenario/catalogue.js';

/** Codes by which a service says that the store of its sessions did not answer. */
const SESSION_STORE_CODES = new Set(['session_unavailable', 'registered_not_signed_in']);

interface Failure {
  readonly status: number | null;
  readonly code: string | null;
}

/** No answer, or one that says only that something was out of reach: it tells nothing about login and data. */
export function isUnknown({ status }: Failure): boolean {
  return status === null || status >= 500;
}

/** What did not answer, in words; for a failure that `isUnknown` in a scenario that keeps sessions in `store`. */
export function outageSentence({ status, code }: Failure, store: SessionStore): string {
  if (status === null) return 'The gateway is unreachable.';
  if (code !== null && SESSION_STORE_CODES.has(code)) {
    return `The shared store (${store === 'memcached' ? 'Memcached' : 'Redis'}) is unreachable.`;
  }
  // Accounts are in Redis whatever keeps the sessions, and so are todos that servers share.
  if (code === 'storage_unavailable') return 'The shared store (Redis) is unreachable.';
  if (code === 'no_destination') return 'No server of this scenario is up.';
  if (status === 502 || status === 504) return 'The server is unreachable.';
  return `The server answered ${status}${code === null ? '' : ` (${code})`}.`;
}

/** Why something was not done, for the user to read. */
export function failureSentence(
  { status, code, detail }: Failure & { readonly detail: string },
  store: SessionStore,
): string {
  if (code === 'no_pending_login') {
    return 'This server was given no password that waits for a code, or too long ago. Begin again with name and password.';
  }
  const failure = { status, code };
  return isUnknown(failure) ? `${outageSentence(failure, store)} ${detail}` : detail;
}

/** What is known of the server that has a login in its memory: nothing against it, that it cannot be reached, or that its process ended. */
export type HomeFate = 'there' | 'away' | 'ended';

/** What is known of a login besides the code of the answer that denies it. */
export interface LoginPlace {
  /** Where the scenario keeps sessions. */
  readonly store: SessionStore;
  /** The server that signed the user in; null while unknown, as after a reload. */
  readonly home: string | null;
  readonly fate: HomeFate;
}

/** Why the server `by` does not know the user's login, from the code of its 401 and from where the login is kept. */
export function denialSentence(code: string, by: string | null, login: LoginPlace): string {
  switch (code) {
    case 'session_ended':
      return 'says that this session was ended: by a logout or another login, here or elsewhere.';
    case 'session_revoked':
      return 'says that this session was revoked: from another device, or by a new password.';
    case 'session_expired':
      return 'says that this session has expired: it was not used for too long, or it is too old.';
    case 'unauthenticated':
      return 'was sent no login: the browser has none any more, as after a logout in another tab.';
    case 'session_unknown':
      return login.store === 'memory'
        ? unknownInMemory(by, login)
        : 'does not find this session in the shared store: it ended or expired a while ago, or the store lost it.';
    default:
      return `refuses this login (${code}).`;
  }
}

function unknownInMemory(by: string | null, { home, fate }: LoginPlace): string {
  if (home === null) return 'does not know this login: it is in another server’s memory, or is lost.';
  if (fate === 'ended')
    return `does not know this login: it was in the memory of ${home} and was lost with that server.`;
  if (by === home) return 'no longer knows this login: it was in this server’s memory alone, and is gone from there.';
  if (fate === 'away')
    return `knows nothing of this login: it was put in the memory of ${home}, which cannot be reached; whether ${home} still has it is not known.`;
  // True whatever became of that server since: a page without a view of the fleet is not told.
  return `never knew this login: it was put in the memory of ${home} alone, and lives at most as long as that server.`;
}
