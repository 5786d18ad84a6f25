import { policyShape } from '@holdfast/system/scenario';
import type { AdminClient } from '../admin/admin-client.js';
import type { UpstreamView } from '../admin/shapes.js';
import type { SessionStore } from '../scenario/catalogue.js';
import { LeverMenu } from './lever-menu.js';
import { type Lever, policyLever } from './levers.js';

interface SwitchPolicyProps {
  /** `left` or `right`. */
  readonly whose: string;
  readonly store: SessionStore;
  readonly upstreams: readonly UpstreamView[];
  readonly admin: AdminClient;
  readonly pull: (lever: Lever) => Promise<void>;
}

/** The policy by which the gateway chooses servers for one scenario now, and the levers that make it another one. */
export function SwitchPolicy({ whose, store, upstreams, admin, pull }: SwitchPolicyProps) {
  const now = upstreams[0]?.policy;
  if (now === undefined) return null;
  const others = policyShape.options.filter((policy) => policy !== now);
  const levers = others.map((policy) => policyLever({ whose, store, upstreams, policy }, admin));
  return <LeverMenu text={now} label={`${now}: policy, ${whose}`} levers={levers} pull={pull} />;
}
