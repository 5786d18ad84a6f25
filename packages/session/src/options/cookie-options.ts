/** The settings of the session cookie. The names are those of express-session's `cookie` option. */
export interface CookieOptions {
  /**
   * Whether the cookie travels over TLS only. `'auto'`: if the request came over TLS, as `req.secure` says, which follows
   * Express's `trust proxy`. Default false.
   */
  readonly secure?: boolean | 'auto' | undefined;
  /** Default `lax`. `none` is for pages of other sites and iframes; browsers take it only with `secure: true`. */
  readonly sameSite?: 'lax' | 'strict' | 'none' | true | undefined;
  /** CHIPS: the browser keeps a cookie for each embedding site. Needs `secure: true`. Default false. */
  readonly partitioned?: boolean | undefined;
  /** The cookie is sent to subdomains of this domain too. Default: only the host itself. */
  readonly domain?: string | undefined;
  /** Default `/`. */
  readonly path?: string | undefined;
  /**
   * The browser keeps the cookie for this many milliseconds ("remember me"). Default: until the browser closes. `idleSeconds` and
   * `absoluteSeconds`, where not given, are at least as long; where given, the server's word counts.
   */
  readonly maxAge?: number | undefined;
}

/** The cookie's name and attributes with every default filled in. */
export interface SessionCookieSettings {
  readonly cookieName: string;
  readonly secure: boolean | 'auto';
  readonly sameSite: 'lax' | 'strict' | 'none';
  readonly partitioned: boolean;
  readonly domain: string | undefined;
  readonly path: string;
  readonly maxAgeMs: number | undefined;
  /** The cookie is sent again with every response, which renews `maxAge`. */
  readonly rolling: boolean;
}

export const COOKIE_OPTION_NAMES = [
  'secure',
  'sameSite',
  'partitioned',
  'domain',
  'path',
  'maxAge',
] as const satisfies ReadonlyArray<keyof CookieOptions>;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
/** RFC 6265bis: browsers keep no cookie for longer than 400 days. */
const MAX_AGE_LIMIT_MS = 400 * 86_400_000;

/** The default name of the session cookie. It depends on the prefixes that browsers allow with these attributes. */
export function defaultCookieName({ secure, domain, path }: CookieOptions = {}): string {
  if (secure !== true) return 'hf_sid';
  return domain === undefined && (path ?? '/') === '/' ? '__Host-hf_sid' : '__Secure-hf_sid';
}

/** Fills in the defaults. Check it with `cookieMistakes`. */
export function cookieSettings(cookieName: string | undefined, rolling: boolean | undefined, given: CookieOptions) {
  const settings: SessionCookieSettings = {
    cookieName: cookieName ?? defaultCookieName(given),
    secure: given.secure ?? false,
    sameSite: given.sameSite === true ? 'strict' : (given.sameSite ?? 'lax'),
    partitioned: given.partitioned ?? false,
    domain: typeof given.domain === 'string' ? given.domain.replace(/^\./, '') : given.domain,
    path: given.path ?? '/',
    maxAgeMs: given.maxAge ?? undefined,
    rolling: rolling ?? false,
  };
  return settings;
}

/** Every mistake in the settings, among them those for which a browser would silently drop the cookie. */
export function cookieMistakes(cookie: SessionCookieSettings): string[] {
  const { cookieName, secure, sameSite, partitioned, domain, path, maxAgeMs, rolling } = cookie;
  const mistakes: string[] = [];
  const expect = (ok: boolean, mistake: string) => {
    if (!ok) mistakes.push(mistake);
  };
  expect(typeof cookieName === 'string' && TOKEN.test(cookieName), 'cookieName: must be an HTTP token');
  expect([true, false, 'auto'].includes(secure), "secure: must be true, false or 'auto'");
  expect(['lax', 'strict', 'none'].includes(sameSite), 'sameSite: must be lax, strict or none');
  expect(sameSite !== 'none' || secure === true, "sameSite: browsers take 'none' only with secure: true");
  expect(typeof partitioned === 'boolean', 'partitioned: must be true or false');
  expect(partitioned !== true || secure === true, 'partitioned: browsers take it only with secure: true');
  expect(
    domain === undefined || (typeof domain === 'string' && HOST.test(domain)),
    'domain: must be a host name such as example.com, without scheme, port or path',
  );
  expect(
    typeof path === 'string' && /^\/[^;\p{Cc}]*$/u.test(path),
    'path: must start with / and have no ; and no control characters',
  );
  expect(
    maxAgeMs === undefined || (Number.isFinite(maxAgeMs) && maxAgeMs >= 1000 && maxAgeMs <= MAX_AGE_LIMIT_MS),
    `maxAge: must be milliseconds from 1000 to ${MAX_AGE_LIMIT_MS} (400 days, the longest that browsers keep a cookie)`,
  );
  expect(typeof rolling === 'boolean', 'rolling: must be true or false');
  return [...mistakes, ...prefixMistakes(cookie)];
}

function prefixMistakes({ cookieName, secure, domain, path }: SessionCookieSettings): string[] {
  const name = String(cookieName).toLowerCase();
  const mistakes: string[] = [];
  for (const prefix of ['__Host-', '__Secure-']) {
    if (!name.startsWith(prefix.toLowerCase())) continue;
    if (secure !== true) mistakes.push(`cookieName: the ${prefix} prefix needs secure: true`);
    if (prefix === '__Secure-') continue;
    if (domain !== undefined) mistakes.push('cookieName: the __Host- prefix allows no domain; use __Secure- instead');
    if (path !== '/') mistakes.push('cookieName: the __Host- prefix needs path: /; use __Secure- instead');
  }
  return mistakes;
}
