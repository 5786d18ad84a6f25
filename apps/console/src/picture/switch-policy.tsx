import { policyShape } from '@holdfast/system/scenario';
import { useState } from 'react';
import type { AdminClient } from '../admin/admin-client.js';
import type { UpstreamView } from '../admin/shapes.js';
import type { SessionStore } from '../scenario/catalogue.js';
import { type Lever, policyLever } from './levers.js';

interface SwitchPolicyProps {
  /** `left` or `right`. */
  readonly whose: string;
  readonly store: SessionStore;
  readonly upstreams: readonly UpstreamView[];
  readonly admin: AdminClient;
  readonly pull: (lever: Lever) => Promise<void>;
}

/** The policy by which the gateway chooses servers for one scenario now, and the lever that makes it another one. */
export function SwitchPolicy({ whose, store, upstreams, admin, pull }: SwitchPolicyProps) {
  const now = upstreams[0]?.policy;
  const [chosen, setChosen] = useState<string | null>(null);
  if (now === undefined) return null;
  const policy = policyShape.catch('round-robin').parse(chosen ?? now);
  return (
    <span className="picture-slow">
      <select aria-label={`Policy, ${whose}`} value={policy} onChange={(event) => setChosen(event.target.value)}>
        {policyShape.options.map((name) => (
          <option key={name} value={name}>
            {name === now ? `${name} (now)` : name}
          </option>
        ))}
      </select>
      <button
        type="button"
        title={`Switch the policy, ${whose}`}
        onClick={() => void pull(policyLever({ whose, store, upstreams, policy }, admin))}
      >
        Switch
      </button>
    </span>
  );
}
