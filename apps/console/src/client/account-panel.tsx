import { type FormEvent, useState } from 'react';
import { ServerBadge } from '../design/server-badge.js';
import type { ClientState } from './state.js';
import type { Client } from './use-client.js';

interface AccountPanelProps {
  readonly state: ClientState;
  readonly busy: boolean;
  readonly actions: Client['actions'];
}

/** Register, log in, log out; and the contradiction when a server denies a login that another one gave. */
export function AccountPanel({ state, busy, actions }: AccountPanelProps) {
  return (
    <section className="account" aria-label="Account">
      {state.user === null ? (
        <SignInForm busy={busy} actions={actions} />
      ) : (
        <div className="account-line">
          <span>
            Signed in as <strong>{state.user}</strong>
          </span>
          <button type="button" disabled={busy} onClick={() => void actions.logout()}>
            Log out
          </button>
        </div>
      )}
      {state.deniedBy === null ? null : (
        <p className="denied" role="status">
          <ServerBadge destination={state.deniedBy} /> does not know this login: it was in another server’s memory.
        </p>
      )}
      {state.complaint === null ? null : (
        <p className="complaint" role="alert">
          {state.complaint}
        </p>
      )}
    </section>
  );
}

function SignInForm({ busy, actions }: Pick<AccountPanelProps, 'busy' | 'actions'>) {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const incomplete = busy || username === '' || password === '';
  const signIn = (event: FormEvent) => {
    event.preventDefault();
    void actions.login({ username, password });
  };
  return (
    <form className="account-line" onSubmit={signIn}>
      <label>
        <span>Name</span>
        <input
          className="account-input"
          value={username}
          autoComplete="username"
          onChange={(event) => setUsername(event.target.value)}
        />
      </label>
      <label>
        <span>Password</span>
        <input
          className="account-input"
          type="password"
          value={password}
          autoComplete="current-password"
          onChange={(event) => setPassword(event.target.value)}
        />
      </label>
      <button type="button" disabled={incomplete} onClick={() => void actions.register({ username, password })}>
        Register
      </button>
      <button type="submit" disabled={incomplete}>
        Log in
      </button>
    </form>
  );
}
