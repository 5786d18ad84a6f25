/** What the page is, decided by the host it was opened at. */
export type Place =
  /** The comparison page, which may frame scenarios of its own site. */
  | { readonly kind: 'lab' }
  /** One scenario, alone or inside the comparison page. */
  | { readonly kind: 'scenario'; readonly name: string }
  /** A plain host: the comparison page lives elsewhere. */
  | { readonly kind: 'plain' };

const LAB_HOST = 'lab.localhost';
const SCENARIO_HOST = /^([a-z0-9-]+)(?:\.lab)?\.localhost$/;

/** Tells what to show at `hostname`. */
export function placeOf(hostname: string): Place {
  if (hostname === LAB_HOST) return { kind: 'lab' };
  const name = SCENARIO_HOST.exec(hostname)?.[1];
  return name === undefined ? { kind: 'plain' } : { kind: 'scenario', name };
}

/** Origin of the comparison page on the gateway's port. */
export function labOrigin(port: string): string {
  return `http://${LAB_HOST}${portSuffix(port)}`;
}

/**
 * Origin of a scenario's frame. It is below `lab.localhost`, so it is the same site as the page and its SameSite=Lax session
 * cookie is sent from inside the frame; `<name>.localhost` would be another site.
 */
export function frameOrigin(name: string, port: string): string {
  return `http://${name}.${LAB_HOST}${portSuffix(port)}`;
}

/** Address of the chat's WebSocket. A page that came over https may only open wss. */
export function chatSocketUrl({ protocol, host }: Pick<Location, 'protocol' | 'host'>): string {
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/chat/socket`;
}

function portSuffix(port: string): string {
  return port === '' ? '' : `:${port}`;
}
