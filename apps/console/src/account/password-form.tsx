import { type FormEvent, useState } from 'react';
import type { Api } from '../client/api.js';
import { failureSentence } from '../request/reading.js';
import type { SessionStore } from '../scenario/catalogue.js';

/** Changes the password, and ends the other devices with it if the user wants that. */
export function PasswordForm({ api, store }: { readonly api: Api; readonly store: SessionStore }) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [endOtherSessions, setEndOthers] = useState(true);
  const [said, setSaid] = useState<{ readonly good: boolean; readonly text: string } | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const answer = await api.changePassword({ current, next, endOtherSessions });
    if (!answer.ok) return setSaid({ good: false, text: failureSentence(answer, store) });
    setCurrent('');
    setNext('');
    setSaid({ good: true, text: endOtherSessions ? 'Changed. Every other device has to log in again.' : 'Changed.' });
  };
  return (
    <section aria-labelledby="password-title">
      <h2 id="password-title">Password</h2>
      <form className="password-form" onSubmit={(event) => void submit(event)}>
        <label>
          <span>Present password</span>
          <input
            type="password"
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        </label>
        <label>
          <span>New password</span>
          <input
            type="password"
            autoComplete="new-password"
            value={next}
            onChange={(event) => setNext(event.target.value)}
          />
        </label>
        <label className="password-others">
          <input type="checkbox" checked={endOtherSessions} onChange={(event) => setEndOthers(event.target.checked)} />
          <span>End all other devices</span>
        </label>
        <button type="submit" disabled={current === '' || next === ''}>
          Change password
        </button>
      </form>
      {said === null ? null : (
        <p className={said.good ? 'hint' : 'complaint'} role={said.good ? 'status' : 'alert'}>
          {said.text}
        </p>
      )}
    </section>
  );
}
