import { type FormEvent, useState } from 'react';
import type { Client } from './use-client.js';

interface CodeFormProps {
  readonly busy: boolean;
  readonly actions: Pick<Client['actions'], 'giveCode' | 'beginAgain'>;
}

/** The second step of a login: the code of the user's second factor. */
export function CodeForm({ busy, actions }: CodeFormProps) {
  const [code, setCode] = useState('');
  const logIn = (event: FormEvent) => {
    event.preventDefault();
    void actions.giveCode(code);
  };
  return (
    <form className="account-line" onSubmit={logIn}>
      <p role="status">The password is right, and this account has a second factor.</p>
      <label>
        <span>Code of your app, or a recovery code</span>
        <input
          className="account-input"
          value={code}
          autoComplete="one-time-code"
          onChange={(event) => setCode(event.target.value)}
        />
      </label>
      <button type="button" disabled={busy} onClick={actions.beginAgain}>
        Begin again
      </button>
      <button type="submit" disabled={busy || code.trim() === ''}>
        Log in
      </button>
    </form>
  );
}
