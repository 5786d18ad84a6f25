import { useEffect, useState } from 'react';
import { type AdminClient, AdminError } from '../admin/admin-client.js';

/** Which scenario plain `localhost` serves, and the switch. Shows nothing where the gateway has no scenarios. */
export function ActiveScenario({ admin }: { readonly admin: AdminClient }) {
  const [status, setStatus] = useState<{ active: string; scenarios: readonly string[] } | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    admin.scenario().then(setStatus, () => setStatus(null));
  }, [admin]);
  if (status === null) return null;
  const activate = async (name: string) => {
    try {
      setStatus(await admin.activate(name));
      setFailure(null);
    } catch (error) {
      setFailure(error instanceof AdminError ? error.message : 'The scenario could not be switched.');
    }
  };
  return (
    <footer className="active-scenario">
      <label>
        Plain <code>localhost</code> serves{' '}
        <select value={status.active} onChange={(event) => void activate(event.target.value)}>
          {status.scenarios.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      {failure === null ? null : <span role="alert">{failure}</span>}
    </footer>
  );
}
