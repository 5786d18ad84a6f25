import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import sirv from 'sirv';

/**
 * Serves the built page, and nothing else. Follows the process protocol of the fleet: reads its environment, says `ready` over
 * IPC, ends on SIGTERM and when its parent is gone.
 */

const INSTANCE_ID = process.env.INSTANCE_ID ?? 'console';
const HOST = process.env.HOST ?? '127.0.0.1';
const PORT = numberFrom('PORT', 3005, 65_535);
const ADMIN_URL = `http://127.0.0.1:${numberFrom('GATEWAY_ADMIN_PORT', 9080, 65_535)}`;
const SCENARIOS = readScenarios();
const SHUTDOWN_TIMEOUT_MS = numberFrom('SHUTDOWN_TIMEOUT_MS', 10_000, 600_000);

/** One scenario runs alone, as in Compose, so that there is nothing to compare: every host shows its client. */
const IS_ALONE = SCENARIOS.length === 1;

/** Every frame of the lab loads script and style from here, so that a browser loads them once for all of them. */
const ASSET_ORIGIN = 'http://lab.localhost:*';

/** Nothing inline, nothing from elsewhere; frames only scenarios of the lab, is framed only by it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `script-src 'self' ${ASSET_ORIGIN}`,
  `style-src 'self' ${ASSET_ORIGIN}`,
  "img-src 'self'",
  `font-src 'self' ${ASSET_ORIGIN}`,
  `connect-src 'self' ${ADMIN_URL} http://lab.localhost:*`,
  'frame-src http://*.lab.localhost:*',
  'frame-ancestors http://lab.localhost:*',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The name that every scenario with affinity gives its cookie. */
const AFFINITY_COOKIE = 'hf_affinity';

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** Longer than any proxy keeps an idle connection, so that it is never this side that closes one being reused. */
const KEEP_ALIVE_MS = 75_000;

const directory = fileURLToPath(new URL('./dist', import.meta.url));
if (!existsSync(directory)) {
  console.error('The page is not built yet. Build it with `npx turbo run build --filter=@holdfast/console`.');
  process.exit(1);
}

const CLIENT_PAGE = readFileSync(`${directory}/client.html`, 'utf8');
const ACTOR_PAGE = readFileSync(`${directory}/actor.html`, 'utf8');

const files = sirv(directory, {
  etag: true,
  // Compressed once, by the build.
  brotli: true,
  gzip: true,
  setHeaders: (response, path) => {
    if (!path.startsWith('/assets/')) return pageHeaders(response);
    // Built assets have their content's hash in the name; they are public files, which the frames load from the lab's origin.
    response.setHeader('cache-control', 'public, max-age=31536000, immutable');
    response.setHeader('access-control-allow-origin', '*');
  },
});

/** @param {import('node:http').ServerResponse} response */
function pageHeaders(response) {
  response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
  response.setHeader('cache-control', 'no-cache');
  response.setHeader('vary', 'host');
}

let stopping = false;

const server = createServer((request, response) => {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  const [path, query] = (request.url ?? '/').split('?');
  if (path === '/affinity-cookie' && request.method === 'POST') return setAffinityCookie(request, response);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return problem(response, 405, 'method_not_allowed', 'The page can only be read.');
  }
  if (path === '/healthz') return json(response, 200, { status: 'ok' });
  if (path === '/readyz') return json(response, stopping ? 503 : 200, { status: stopping ? 'stopping' : 'ready' });
  const host = /^(?:([a-z0-9-]+)\.)??(lab\.)?localhost(:\d{1,5})?$/.exec(request.headers.host ?? '');
  const [, scenario, lab, port = ''] = host ?? [];
  if (path === '/console-config.json') return config(request, response, scenario);
  if (path === '/' && (IS_ALONE || scenario !== undefined)) {
    const page = new URLSearchParams(query).has('actor') ? ACTOR_PAGE : CLIENT_PAGE;
    return scenarioPage(
      request,
      response,
      lab && !IS_ALONE ? page.replaceAll('"/assets/', `"http://lab.localhost${port}/assets/`) : page,
    );
  }
  if (path === '/' && !lab) request.url = '/plain.html';
  files(request, response, () => problem(response, 404, 'not_found', 'There is nothing at this path.'));
});

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {object} body
 * @param {string} [type]
 */
function json(response, status, body, type = 'application/json') {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {string} code
 * @param {string} detail
 */
function problem(response, status, code, detail) {
  const requestId = response.req.headers['x-request-id'] ?? null;
  const body = { type: 'about:blank', title: code.replaceAll('_', ' '), status, code, detail, requestId };
  json(response, status, body, 'application/problem+json');
}

/**
 * Sets or drops the gateway's affinity cookie of this host, for the levers of the page: a script cannot, as the cookie is HttpOnly. What
 * the gateway did not sign it ignores, so this binds nobody to anything.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function setAffinityCookie(request, response) {
  if (request.headers['sec-fetch-site'] !== 'same-origin') {
    return problem(response, 403, 'forbidden', 'Only the page itself may change this cookie.');
  }
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > 1_000) return problem(response, 413, 'too_large', 'Send {"value": "…"} or {"value": null}.');
  }
  const value = cookieValueIn(text);
  if (value === undefined) {
    return problem(
      response,
      400,
      'invalid_request',
      'value: send letters, digits, ".", "_" and "-", or null to drop it.',
    );
  }
  const life = value === null ? '; Max-Age=0' : '';
  response.setHeader('set-cookie', `${AFFINITY_COOKIE}=${value ?? ''}; Path=/; HttpOnly; SameSite=Lax${life}`);
  response.writeHead(204).end();
}

/** @param {string} text */
function cookieValueIn(text) {
  try {
    const { value } = JSON.parse(text);
    return value === null || /^[\w.-]{1,200}$/.test(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The page of a scenario. Inside the comparison its script and style come from the lab's own origin.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {string} page
 */
function scenarioPage(request, response, page) {
  pageHeaders(response);
  response.writeHead(200, { 'content-type': 'text/html;charset=utf-8' });
  response.end(request.method === 'HEAD' ? undefined : page);
}

/**
 * What the page's server knows and the built page cannot; a scenario's page needs its own card only.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {string | undefined} scenario
 */
function config(request, response, scenario) {
  const all = IS_ALONE || scenario === undefined;
  const scenarios = all ? SCENARIOS : SCENARIOS.filter(({ name }) => name === scenario);
  const body = JSON.stringify({ adminUrl: ADMIN_URL, scenarios, isAlone: IS_ALONE });
  const isBrotli = /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    vary: 'host, accept-encoding',
    ...(isBrotli && { 'content-encoding': 'br' }),
  });
  response.end(isBrotli ? brotliCompressSync(body) : body);
}

/** The scenarios of the system, as `npm start` hands them on, or the one that Compose runs; the page checks their form. @returns {{ name: string }[]} */
function readScenarios() {
  const text = process.env.SCENARIOS;
  if (!text) return [];
  try {
    const scenarios = JSON.parse(text);
    if (Array.isArray(scenarios)) return scenarios;
    throw new TypeError('not a list');
  } catch {
    console.error('SCENARIOS is not a JSON list. Leave it out, or start the page with `npm start`.');
    process.exit(1);
  }
}

/** @param {string} name @param {number} fallback @param {number} max */
function numberFrom(name, fallback, max) {
  const text = process.env[name];
  const number = text === undefined || text === '' ? fallback : Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= max) return number;
  console.error(`${name}: "${text}" is not a whole number from 0 to ${max}. For example: ${name}=${fallback}`);
  process.exit(1);
}

/** One line in the form of the services' logs. @param {string} msg @param {object} fields */
function log(msg, fields) {
  if (!['trace', 'debug', 'info'].includes(process.env.LOG_LEVEL || 'info')) return;
  const line = {
    level: 'info',
    time: new Date().toISOString(),
    service: 'console',
    instance: INSTANCE_ID,
    ...fields,
    msg,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function stop() {
  if (stopping) return;
  stopping = true;
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), SHUTDOWN_TIMEOUT_MS).unref();
}

process.once('SIGTERM', stop);
process.once('SIGINT', stop);
process.once('disconnect', stop);

server.on('error', (error) => {
  const taken = /** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE';
  console.error(taken ? `Port ${PORT} is taken. Set PORT to a free one.` : error.message);
  process.exit(1);
});

server.keepAliveTimeout = KEEP_ALIVE_MS;
server.headersTimeout = KEEP_ALIVE_MS + 1000;
server.listen(PORT, HOST, () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : PORT;
  log('ready', { port });
  process.send?.({ type: 'ready', port });
});
