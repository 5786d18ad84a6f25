import type { DestinationConfig, ProxyConfig } from '@holdfast/proxy';

export type DestinationEdit =
  | { readonly ok: true; readonly config: ProxyConfig; readonly created: boolean }
  | { readonly ok: false; readonly code: 'unknown_upstream' | 'unknown_destination' };

/** The config with `destination` in `upstream`: added, or put in the place of the one with its id. */
export function putDestination(config: ProxyConfig, upstream: string, destination: DestinationConfig): DestinationEdit {
  const present = destinationsOf(config, upstream);
  if (present === undefined) return { ok: false, code: 'unknown_upstream' };
  const created = !present.some(({ id }) => id === destination.id);
  const next = created
    ? [...present, destination]
    : present.map((existing) => (existing.id === destination.id ? destination : existing));
  return { ok: true, config: withDestinations(config, upstream, next), created };
}

/** The config without destination `id` in `upstream`. */
export function dropDestination(config: ProxyConfig, upstream: string, id: string): DestinationEdit {
  const present = destinationsOf(config, upstream);
  if (present === undefined) return { ok: false, code: 'unknown_upstream' };
  const next = present.filter((existing) => existing.id !== id);
  if (next.length === present.length) return { ok: false, code: 'unknown_destination' };
  return { ok: true, config: withDestinations(config, upstream, next), created: false };
}

function destinationsOf(config: ProxyConfig, upstream: string): readonly DestinationConfig[] | undefined {
  return Object.hasOwn(config.upstreams, upstream) ? config.upstreams[upstream]?.destinations : undefined;
}

function withDestinations(config: ProxyConfig, upstream: string, destinations: DestinationConfig[]): ProxyConfig {
  const before = config.upstreams[upstream];
  return { ...config, upstreams: { ...config.upstreams, [upstream]: { ...before, destinations } } };
}
