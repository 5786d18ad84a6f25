import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Client } from '../client/use-client.js';
import { failureSentence } from '../request/reading.js';
import type { SessionStore } from '../scenario/catalogue.js';

interface LogInAgainProps {
  readonly user: string;
  readonly actions: Pick<Client['actions'], 'login' | 'giveCode'>;
  readonly store: SessionStore;
  /** Called once the user is logged in anew. */
  readonly onDone: () => void;
}

/** Asks for what a recent login takes: the password, and then the code where the account has a second factor. */
export function LogInAgain({ user, actions, store, onDone }: LogInAgainProps) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const needsCode = code !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus goes to each field that appears
  useEffect(() => field.current?.focus(), [needsCode]);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const answer = await (needsCode ? actions.giveCode(code) : actions.login({ username: user, password }));
    if (answer.ok) return onDone();
    if (answer.code === 'second_factor_required') setCode('');
    if (answer.code === 'no_pending_login') setCode(null);
    setFailure(answer.code === 'second_factor_required' ? null : failureSentence(answer, store));
  };
  return (
    <form className="password-form" onSubmit={(event) => void submit(event)}>
      <p className="log-in-again" role="status">
        You logged in too long ago to end other devices. Log in again here, and it is done.
      </p>
      {needsCode ? (
        <label key="code">
          <span>Code of your app, or a recovery code</span>
          <input
            ref={field}
            autoComplete="one-time-code"
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        </label>
      ) : (
        <label key="password">
          <span>Password of {user}</span>
          <input
            ref={field}
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
      )}
      <button type="submit" disabled={(code ?? password) === ''}>
        Log in again
      </button>
      {failure === null ? null : (
        <p className="complaint" role="alert">
          {failure}
        </p>
      )}
    </form>
  );
}
