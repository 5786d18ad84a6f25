import { z } from 'zod';
import { POLICY_NAMES } from '../balancing/create-policy.js';
import type { ConfigMistake } from './parse-config.js';

const text = z.string().optional().catch(undefined);
const anything = z.unknown().optional();

/** The parts of a config that refer to each other. They are read from any input; malformed parts are left out. */
const outlineSchema = z.object({
  underscoresInHeaders: anything,
  upstreams: z
    .record(
      z.string(),
      z
        .object({
          policy: text.default('round-robin'),
          hash: anything,
          boundedLoad: anything,
          affinity: z
            .object({ by: text.default('cookie'), cookie: anything, sliding: anything, maxAgeSeconds: anything })
            .optional()
            .catch(undefined),
          destinations: z.array(z.object({ id: text }).catch({})).catch([]),
        })
        .optional()
        .catch(undefined),
    )
    .catch({}),
  routes: z
    .array(
      z
        .object({
          ...{ host: text, path: text.default('/'), upstream: text },
          split: z
            .object({ others: z.array(z.object({ upstream: text }).catch({})).catch([]) })
            .optional()
            .catch(undefined),
        })
        .catch({ path: '' }),
    )
    .catch([]),
});

const hashSchema = z.object({ header: text }).catch({ header: undefined });

type Outline = z.output<typeof outlineSchema>;
type Outlined = NonNullable<Outline['upstreams'][string]>;

/** Finds mistakes between the parts of a config, even when the config has other mistakes. */
export function crossChecks(input: unknown): ConfigMistake[] {
  const parsed = outlineSchema.safeParse(input);
  if (!parsed.success) return [];
  const { upstreams, routes, underscoresInHeaders } = parsed.data;
  return [
    ...unknownUpstreams(routes, Object.keys(upstreams)),
    ...sameRoutes(routes),
    ...Object.entries(upstreams).flatMap(([name, upstream]) =>
      upstream === undefined
        ? []
        : [
            ...sameIds(`upstreams.${name}`, upstream),
            ...loneSettings(`upstreams.${name}`, upstream),
            ...droppedHashHeader(`upstreams.${name}`, upstream, underscoresInHeaders === true),
          ],
    ),
  ];
}

function unknownUpstreams(routes: Outline['routes'], names: readonly string[]): ConfigMistake[] {
  const named = routes.flatMap(({ upstream, split }, index) => [
    { path: `routes.${index}.upstream`, upstream },
    ...(split?.others ?? []).map((other, n) => ({ path: `routes.${index}.split.others.${n}.upstream`, ...other })),
  ]);
  return named.flatMap(({ path, upstream }) => {
    if (upstream === undefined || names.includes(upstream)) return [];
    const known = names.length === 0 ? '' : `: there are ${names.join(', ')}`;
    return [
      {
        path,
        problem: `"${upstream}" is not one of the upstreams${known}`,
        example: names[0] ?? `upstreams: { ${upstream}: { destinations: [] } }`,
      },
    ];
  });
}

function sameRoutes(routes: Outline['routes']): ConfigMistake[] {
  const keyOf = ({ host, path }: Outline['routes'][number]): string => `${host?.toLowerCase() ?? '*'} ${path}`;
  const keys = routes.map(keyOf);
  return routes.flatMap((route, index) => {
    const first = keys.indexOf(keyOf(route));
    if (first === index || route.upstream === undefined) return [];
    const base = route.path === '/' ? '/other' : `${route.path}/other`;
    const path = unused(base, (other) => keys.includes(keyOf({ ...route, path: other })));
    const host = route.host === undefined ? '' : `host: ${route.host}, `;
    return [
      {
        path: `routes.${index}`,
        problem: `has the host and path of routes.${first}`,
        example: `{ ${host}path: ${path}, upstream: ${route.upstream} }`,
      },
    ];
  });
}

function sameIds(at: string, { destinations }: Outlined): ConfigMistake[] {
  const ids = destinations.map(({ id }) => id);
  return ids.flatMap((id, index) => {
    if (id === undefined || ids.indexOf(id) === index) return [];
    const example = unused(id, (other) => ids.includes(other));
    return [{ path: `${at}.destinations.${index}.id`, problem: `"${id}" is used twice`, example }];
  });
}

/** Settings that mean nothing without another one. */
function loneSettings(at: string, { affinity, policy, hash, boundedLoad }: Outlined): ConfigMistake[] {
  const mistakes: ConfigMistake[] = [];
  if (affinity?.by === 'cookie' && affinity.cookie === undefined) {
    mistakes.push({ path: `${at}.affinity.cookie`, problem: 'is missing', example: 'hf_affinity' });
  }
  if (affinity?.sliding === true && affinity.maxAgeSeconds === undefined) {
    const example = '{ sliding: true, maxAgeSeconds: 3600 }';
    mistakes.push({ path: `${at}.affinity.sliding`, problem: 'only goes with maxAgeSeconds', example });
  }
  // An unknown policy is a mistake of its own, and the settings that belong to it are not known.
  if (!(POLICY_NAMES as readonly (string | undefined)[]).includes(policy)) return mistakes;
  if (hash !== undefined && policy !== 'consistent-hash') {
    const problem = 'only goes with policy: consistent-hash';
    mistakes.push({ path: `${at}.hash`, problem, example: '{ policy: consistent-hash, hash: { cookie: user } }' });
  }
  if (boundedLoad !== undefined && !policy?.endsWith('-hash')) {
    const problem = 'only goes with ip-hash and consistent-hash';
    mistakes.push({ path: `${at}.boundedLoad`, problem, example: '{ policy: ip-hash, boundedLoad: 1.25 }' });
  }
  return mistakes;
}

/** Refuses a hash header that the proxy drops: the policy would never see it, and every request would be spread by address. */
function droppedHashHeader(at: string, { hash }: Outlined, underscoresPass: boolean): ConfigMistake[] {
  const { header } = hashSchema.parse(hash);
  if (underscoresPass || header?.includes('_') !== true) return [];
  const problem = `"${header}" has "_", and such fields are dropped unless underscoresInHeaders is true`;
  return [
    { path: `${at}.hash.header`, problem, example: `${header.replaceAll('_', '-')}, or underscoresInHeaders: true` },
  ];
}

/** `name`, or the first of `name-2`, `name-3` … that is not used. */
function unused(name: string, isUsed: (name: string) => boolean): string {
  let candidate = name;
  for (let n = 2; isUsed(candidate); n++) candidate = `${name}-${n}`;
  return candidate;
}
