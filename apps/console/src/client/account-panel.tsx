import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { ServerBadge } from '../design/server-badge.js';
import { CodeForm } from './code-form.js';
import type { ClientState } from './state.js';
import type { Client } from './use-client.js';

interface AccountPanelProps {
  readonly state: ClientState;
  readonly busy: boolean;
  readonly actions: Client['actions'];
  /** What a signed-in user can do further. */
  readonly children?: ReactNode;
}

/** Register, log in, log out; and the contradiction when a server denies a login that another one gave. */
export function AccountPanel({ state, busy, actions: clientActions, children }: AccountPanelProps) {
  const section = useRef<HTMLElement>(null);
  const used = useRef(false);
  const pressed = <A extends unknown[], R>(action: (...args: A) => R) => {
    return (...args: A): R => {
      used.current = true;
      return action(...args);
    };
  };
  const actions = {
    register: pressed(clientActions.register),
    login: pressed(clientActions.login),
    giveCode: pressed(clientActions.giveCode),
    beginAgain: pressed(clientActions.beginAgain),
    logout: pressed(clientActions.logout),
  };
  // Signing in or out replaces the button that was pressed: the focus moves on to what stands in its place.
  // biome-ignore lint/correctness/useExhaustiveDependencies: moves when user or form change, not when the panel is rendered
  useEffect(() => {
    if (busy || !used.current) return;
    used.current = false;
    section.current?.querySelector<HTMLElement>('input, button:enabled')?.focus();
  }, [state.user, state.needsCode, busy]);
  return (
    <section className="account" aria-label="Account" ref={section}>
      {state.user === null ? (
        state.needsCode ? (
          <CodeForm busy={busy} actions={actions} />
        ) : (
          <SignInForm busy={busy} actions={actions} />
        )
      ) : (
        <div className="account-line">
          <span>
            Signed in as <strong>{state.user}</strong>
          </span>
          <button type="button" disabled={busy} onClick={() => void actions.logout()}>
            Log out
          </button>
          {children}
        </div>
      )}
      {state.denial === null ? null : (
        <p className="denied" role="status">
          <ServerBadge destination={state.denial.by} /> {state.denial.sentence}
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

interface SignInFormProps {
  readonly busy: boolean;
  readonly actions: Pick<Client['actions'], 'login' | 'register'>;
}

function SignInForm({ busy, actions }: SignInFormProps) {
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
