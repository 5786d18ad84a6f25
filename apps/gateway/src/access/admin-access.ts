/** The parts of a request that the admin port checks first. */
export interface AdminRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`, which only browsers send and pages cannot forge. */
  readonly fetchSite: string | undefined;
}

/** Whether a request may reach the admin API; `page` says that it comes from the console page and needs CORS headers. */
export type AdminVerdict =
  | { readonly allowed: true; readonly page: boolean }
  | { readonly allowed: false; readonly code: 'host_not_allowed' | 'cross_origin'; readonly detail: string };

const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;
const SAFE_METHODS = new Set(['GET', 'HEAD']);

/** The requests that the console page may make. Only programs may add and remove destinations. */
const PAGE_MAY: readonly { readonly methods: readonly string[]; readonly path: RegExp }[] = [
  { methods: ['GET'], path: /^\/(?:upstreams|scenario|events|fleet)$/ },
  { methods: ['GET'], path: /^\/upstreams\/[^/]+\/sessions$/ },
  { methods: ['PUT'], path: /^\/(?:scenario|upstreams\/[^/]+\/policy)$/ },
  { methods: ['GET'], path: /^\/lab\/(?:experiments|runs|reports|reports\/[^/]+)$/ },
  { methods: ['POST'], path: /^\/lab\/runs(?:\/stop)?$/ },
  { methods: ['POST'], path: /^\/upstreams\/[^/]+\/destinations\/[^/]+\/(?:drain|undrain)$/ },
  { methods: ['POST'], path: /^\/(?:fleet|stores)\/[^/]+\/[a-z]+$/ },
];

/**
 * Decides who may use the admin API. The port is bound to loopback, so the remaining danger is a web page in a local browser, by
 * DNS rebinding (a foreign Host) or by plain cross-origin requests (a foreign Origin). Only the console page's own origins pass,
 * and only to the routes that the page uses.
 */
export function judgeAdminRequest(request: AdminRequest, pageOrigins: ReadonlySet<string>): AdminVerdict {
  const { method, path, host, origin, fetchSite } = request;
  if (host === undefined || !LOOPBACK_HOST.test(host)) {
    return refuse('host_not_allowed', 'The admin API answers to 127.0.0.1, localhost and [::1] only.');
  }
  if (origin === undefined) {
    const crossSite = fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none';
    return crossSite && !SAFE_METHODS.has(method) ? foreign() : { allowed: true, page: false };
  }
  if (origin === `http://${host}`) return { allowed: true, page: false };
  if (!pageOrigins.has(origin)) return foreign();
  const permitted = PAGE_MAY.some(
    (rule) => rule.path.test(path) && (method === 'OPTIONS' || rule.methods.includes(method)),
  );
  return permitted ? { allowed: true, page: true } : refuse('cross_origin', 'The console page may not do this.');
}

function foreign(): AdminVerdict {
  return refuse('cross_origin', 'Other web pages may not use the admin API.');
}

function refuse(code: 'host_not_allowed' | 'cross_origin', detail: string): AdminVerdict {
  return { allowed: false, code, detail };
}
