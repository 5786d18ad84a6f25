import type { SessionObject } from './session-object.js';
import { type SessionToken, tokenAt } from './session-text.js';

/** A side of the picture with its session. */
export interface SideSession {
  readonly label: string;
  readonly session: SessionObject;
  /** Whether what has the session can be reached; null: unknown. */
  readonly answers: boolean | null;
}

const SAYS: Readonly<Record<SessionToken, string>> = {
  session: 'session',
  copy: 'copy of the session',
  'not found': 'session not found',
};

/** The sessions and todos that a box has, as labels that come and go with them. */
export function Tokens({ at, sides }: { readonly at: string; readonly sides: readonly SideSession[] }) {
  return (
    <span className="picture-tokens">
      {sides.map(({ label, session, answers }) => {
        const token = tokenAt(session, at);
        const todos = session.todos.get(at) ?? 0;
        const whose = label.toLowerCase();
        return (
          <span key={label} className="picture-tokens">
            {token === null ? null : (
              <span key={token} className="picture-token" data-token={token}>
                {whose} {SAYS[token]}
                {token === 'session' && answers === false ? ', last seen here' : ''}
              </span>
            )}
            {token === 'session' && session.key !== null ? (
              <code className="picture-key" title={session.key}>
                {session.key}
              </code>
            ) : null}
            {todos === 0 ? null : (
              <span className="picture-token" data-token="todos">
                {whose} {todos} {todos === 1 ? 'todo' : 'todos'}
              </span>
            )}
          </span>
        );
      })}
    </span>
  );
}
