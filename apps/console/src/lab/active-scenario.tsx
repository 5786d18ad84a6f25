import { useEffect, useState } from 'react';
import type { AdminClient } from '../admin/admin-client.js';
import { LeverLine } from '../picture/lever-line.js';
import type { LeverPlace } from '../picture/use-levers.js';

interface ActiveScenarioProps {
  readonly admin: AdminClient;
  readonly levers: LeverPlace;
}

/** Which scenario plain `localhost` serves, and the switch. Shows nothing where the gateway has no scenarios. */
export function ActiveScenario({ admin, levers }: ActiveScenarioProps) {
  const [status, setStatus] = useState<{ active: string; scenarios: readonly string[] } | null>(null);
  useEffect(() => {
    admin.scenario().then(setStatus, () => setStatus(null));
  }, [admin]);
  if (status === null) return null;
  const activate = (name: string) =>
    levers.pull({
      label: `Serve ${name} at plain localhost`,
      will: WILL,
      act: async () => setStatus(await admin.activate(name)),
    });
  return (
    <footer className="active-scenario">
      <label>
        Plain <code>localhost</code> serves{' '}
        <select
          value={status.active}
          aria-describedby="active-scenario-will"
          onChange={(event) => void activate(event.target.value)}
        >
          {status.scenarios.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <span id="active-scenario-will">{WILL}</span>
      <LeverLine {...levers} />
    </footer>
  );
}

const WILL =
  'Another choice sends what asks for plain localhost to its servers, from the next request on; both sides here have hosts of their own and stay.';
