import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { type AnyPolicyName, POLICY_NAMES } from '../balancing/create-policy.js';

/** A name that may appear in a header, a URL and a metric label. */
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'is not a name: letters, digits, ".", "_" and "-"');
const milliseconds = z.int().min(1).max(86_400_000);
const path = z.string().regex(/^\/[!-~]*$/, 'must start with "/" and have no spaces');

/** Cookie names are HTTP tokens (RFC 6265). */
const cookieName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, 'is not a cookie name');

const destinationUrl = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === 'http:' && url.pathname === '/' && url.search === '' && url.username === '';
}, 'is not an http:// URL of host and port');

const cidr = z.string().refine(isCidr, 'is not an address or CIDR range');

/** An address or a name that a socket can be bound to. */
export const listenHostSchema = z.string().refine(isHost, 'is not an address or a host name (without port)');

export const destinationSchema = z.strictObject({
  id: name,
  url: destinationUrl,
  /** Share relative to the others; default 1. */
  weight: z.int().min(1).max(256).default(1),
});

const affinitySchema = z.strictObject({
  /** Name of the signed cookie that binds a client to a destination. */
  cookie: cookieName.optional(),
  /** Bind by client address instead of by cookie. */
  by: z.enum(['cookie', 'address']).default('cookie'),
  /** The treatment of a bound client whose destination is gone: another destination, or 503. */
  onFailure: z.enum(['redistribute', 'refuse']).default('redistribute'),
  /** Adds `Secure` to the cookie. */
  secure: z.boolean().default(false),
  /** `none` lets the cookie work inside other sites' pages; it is then `Secure` and `Partitioned` as well. */
  sameSite: z.enum(['lax', 'strict', 'none']).default('lax'),
  /** Domain of the cookie; without it the cookie belongs to the host alone. */
  domain: z
    .string()
    .regex(/^\.?[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*$/, 'is not a domain')
    .optional(),
  /** Path of the cookie. */
  path: z
    .string()
    .regex(/^\/[!-:<-~]*$/, 'must start with "/" and have no spaces or ";"')
    .default('/'),
  /** Lifetime of a binding, checked here and by the browser; without it the cookie ends with the browser session. */
  maxAgeSeconds: z.int().min(1).optional(),
  /** `true`: the time of `maxAgeSeconds` starts anew with every answer. */
  sliding: z.boolean().default(false),
  /** Bind a client once an answer sets this cookie of the application, and only while the client sends it; without it, at once. */
  appCookie: cookieName.optional(),
  /** The treatment of clients bound to a draining destination: it keeps them, or they move with their next request. */
  whenDraining: z.enum(['keep', 'move']).default('keep'),
  /** Takes the cookie out of the requests that destinations get. */
  hideFromDestination: z.boolean().default(false),
});

const healthSchema = z.strictObject({
  path: path.default('/healthz'),
  intervalMs: milliseconds.default(500),
  /** A probe without an answer after this time has failed. Its destination stops getting new clients much earlier: decision 0006. */
  timeoutMs: milliseconds.default(5000),
  /** Consecutive probe failures after which a destination is down and the clients bound to it move. */
  unhealthyAfter: z.int().min(1).max(100).default(2),
  /** Consecutive probe successes that bring it back. */
  healthyAfter: z.int().min(1).max(100).default(1),
  /** `false`: probes come at their interval alone. `true`: a sign of trouble brings the next one forward, and a late answer keeps new clients away. */
  eager: z.boolean().default(true),
});

const ejectionSchema = z.strictObject({
  /** Consecutive failed requests that eject a destination. */
  failures: z.int().min(1).max(1000).default(5),
  /** First ejection; doubles with every further one. */
  baseMs: milliseconds.default(1000),
  maxMs: milliseconds.default(30_000),
});

const limitsSchema = z.strictObject({
  /** Requests in flight to one destination; more wait in the queue. */
  maxInFlightPerDestination: z.int().min(1).default(1024),
  /** Requests that wait for a free destination; any more get 503 at once. */
  maxQueued: z.int().min(0).default(1024),
  /** A request that waited this long gets 503. */
  queueTimeoutMs: milliseconds.default(1000),
});

const upstreamTimeoutsSchema = z.strictObject({
  connectMs: milliseconds.default(1000),
  /** Longest time from the sent request to the head of the answer. */
  responseMs: milliseconds.default(30_000),
  /** Longest silence inside an answer's body. */
  bodyIdleMs: milliseconds.default(60_000),
});

/** Zod's enum, typed for any name: the names of an application's own policies are known only at run time. */
const policySchema = (names: readonly string[]) =>
  z.enum(names as [string, ...string[]]) as unknown as z.ZodType<AnyPolicyName, AnyPolicyName>;

const upstreamSchema = (policies: readonly string[]) =>
  z.strictObject({
    policy: policySchema(policies).default('round-robin'),
    /** The value that `consistent-hash` hashes: a request header or a cookie; a request without it is spread by client address. */
    hash: z.union([z.strictObject({ header: cookieName }), z.strictObject({ cookie: cookieName })]).optional(),
    /** With a hash policy: no destination takes more than this times the mean load (≥ 1); the overflow moves on. */
    boundedLoad: z.number().min(1).max(10).optional(),
    affinity: affinitySchema.optional(),
    health: healthSchema.optional(),
    ejection: ejectionSchema.prefault({}),
    /** A destination that came back gets its full share only after this long; 0 turns it off. */
    slowStartMs: z.int().min(0).max(3_600_000).default(0),
    /** Below this share of available destinations health is ignored and all are used, so that the healthy rest is not overloaded. */
    panicRatio: z.number().min(0).max(1).default(0),
    /** Retries allowed as a share of requests, so that retries never multiply an outage. */
    retryBudgetRatio: z.number().min(0).max(1).default(0.2),
    limits: limitsSchema.prefault({}),
    timeouts: upstreamTimeoutsSchema.prefault({}),
    /** Text of the 503 of an upstream without destinations, for example how to start one. */
    hint: z.string().max(500).optional(),
    destinations: z.array(destinationSchema),
  });

const splitWeight = z.int().min(0).max(999).default(1);

/** A route over several upstreams, as for a release that gets a tenth of the clients. */
const splitSchema = z.strictObject({
  /** Share of the route's own upstream, relative to the others. */
  weight: splitWeight,
  others: z
    .array(z.strictObject({ upstream: name, weight: splitWeight }))
    .min(1)
    .max(16),
  /** Name of a signed cookie that keeps a client with the upstream it got; without it each request is spread by itself. */
  cookie: cookieName.optional(),
  /** Lifetime of that cookie; without it the cookie ends with the browser session. */
  maxAgeSeconds: z.int().min(1).optional(),
});

const routeSchema = z.strictObject({
  /** Host the route answers for, without port; without it, any host. */
  host: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,253}$|^\[[0-9A-Fa-f:.]+\]$/, 'is not a host name (without port)')
    .optional(),
  /** Path prefix on whole segments; the longest one wins. */
  path: path.default('/'),
  upstream: name,
  /** Other upstreams that get a share of this route's requests. */
  split: splitSchema.optional(),
  /** Whether WebSocket upgrades are let through; default true. */
  websocket: z.boolean().default(true),
  /** Largest request body on this route; without it, `limits.maxBodyBytes`. */
  maxBodyBytes: z.int().min(0).optional(),
});

const clientLimitsSchema = z.strictObject({
  maxRequestLineBytes: z.int().min(64).max(65_536).default(8192),
  maxHeadBytes: z.int().min(256).max(65_536).default(16_384),
  maxHeaders: z.int().min(1).max(1000).default(100),
  maxBodyBytes: z.int().min(0).default(104_857_600),
  maxConnections: z.int().min(1).default(20_000),
});

const clientTimeoutsSchema = z.strictObject({
  /** Longest time from the first byte of a request to the end of its head. */
  headMs: milliseconds.default(10_000),
  /** Longest silence inside a request's body. */
  bodyIdleMs: milliseconds.default(30_000),
  /** Longest time a kept-alive connection may stay without a request. */
  keepAliveMs: milliseconds.default(65_000),
  /** A client that takes no bytes for this long is dropped. */
  writeStallMs: milliseconds.default(30_000),
  /** Longest silence in a tunnel, either way. */
  tunnelIdleMs: milliseconds.default(3_600_000),
});

/** The schema of a config that may name these policies besides the package's own. */
export const proxyConfigSchemaWith = (ownPolicies: readonly string[]) =>
  z.strictObject({
    listen: z
      .strictObject({ port: z.int().min(0).max(65_535).default(8080), host: listenHostSchema.default('127.0.0.1') })
      .prefault({}),
    /** Processes that serve the port: a number, or `auto` for one per core. Default 1: this process and no other. */
    workers: z.union([z.literal('auto'), z.int().min(1).max(256)]).default(1),
    upstreams: z.record(name, upstreamSchema([...POLICY_NAMES, ...ownPolicies])),
    routes: z.array(routeSchema),
    /** Peers whose X-Forwarded-* headers are believed; default none. */
    trustedProxies: z.array(cidr).default([]),
    /** Passes on header fields whose name has "_"; many servers read "_" as "-", so they are dropped by default. */
    underscoresInHeaders: z.boolean().default(false),
    /** Keys that sign affinity cookies. The first signs, all verify; without them, random keys are used that end with the process. */
    affinitySecrets: z.array(z.string().min(16, 'must have 16 characters or more')).default([]),
    limits: clientLimitsSchema.prefault({}),
    timeouts: clientTimeoutsSchema.prefault({}),
    /** Text of the 404 of a request that no route matches, for example which hosts there are. */
    noRouteHint: z.string().max(4000).optional(),
    /** Decisions emitted per second at most; default 20. */
    decisionsPerSecond: z.int().min(0).max(10_000).default(20),
  });

export const proxyConfigSchema = proxyConfigSchemaWith([]);

/** A config file; every setting with a default may be left out. */
export type ProxyConfig = z.input<typeof proxyConfigSchema>;
/** A validated config with every default filled in. */
export type ResolvedConfig = z.output<typeof proxyConfigSchema>;
export type UpstreamConfig = ResolvedConfig['upstreams'][string];
export type DestinationConfig = z.input<typeof destinationSchema>;
export type RouteConfig = ResolvedConfig['routes'][number];
export type { AnyPolicyName, PolicyName } from '../balancing/create-policy.js';

function isHost(text: string): boolean {
  if (isIP(text) !== 0) return true;
  // A name that ends in a number is an address to every resolver, and here it is a malformed one.
  return (
    /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9]([A-Za-z0-9_-]{0,62}))*\.?$/.test(text) &&
    !/(^|\.)\d+\.?$/.test(text)
  );
}

function isCidr(text: string): boolean {
  const [address = '', bits] = text.split('/');
  const family = isIP(address);
  if (family === 0 || text.split('/').length > 2) return false;
  if (bits === undefined) return true;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > (family === 6 ? 128 : 32)) return false;
  new BlockList().addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
  return true;
}
