import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Fleet } from './fleet.js';
import { type ControlledProcess, Replica, type ReplicaStatus } from './replica.js';

/** An answer of the control API; from 400 on the body is a problem. */
export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
}
type Answer = ControlAnswer;

/** A request below a path of a caller's own: `words` are the parts of its path after the first. */
export interface ControlRequest {
  readonly method: string;
  readonly words: readonly string[];
  readonly body: unknown;
}

const scaleRequest = z.strictObject({
  replicas: z.number().int().min(0).max(50),
  /** Default: every fleet that has the app. */
  fleet: z.string().optional(),
});
const slowRequest = z.strictObject({ ms: z.number().int().min(0).max(60_000) });
const MAX_BODY_BYTES = 1_024;

const actions: Record<string, (fleet: Fleet, process: Replica | ControlledProcess) => Promise<boolean> | boolean> = {
  kill: (_fleet, process) => process.kill().then((done) => done !== false),
  pause: (_fleet, process) => process.pause(),
  resume: (_fleet, process) => process.resume(),
  restart: (fleet, process) =>
    process instanceof Replica ? fleet.restart(process).then(() => true) : process.restart(),
  drain: (fleet, process) => process instanceof Replica && fleet.drain(process).then(() => true),
};

/** The processes that a control server shows and steers. */
export interface ControlOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** Stores beside the fleet. The API shows and steers them like replicas, but cannot scale or drain them. */
  readonly stores?: readonly ControlledProcess[];
  /** Other processes beside the fleet, such as the gateway through which requests come. */
  readonly others?: () => readonly ControlledProcess[];
  /** Answers requests below further paths, by their first word: `lab` for `/lab/…`. */
  readonly more?: Readonly<Record<string, (request: ControlRequest) => Promise<ControlAnswer>>>;
}

interface Controlled extends Required<Omit<ControlOptions, 'port'>> {
  readonly fleet: Fleet;
}

/**
 * Serves `GET /fleet`, `POST /fleet/:id/(kill|pause|resume|restart|drain)`, `POST /fleet/:app/scale` (`{replicas, fleet?}`) and
 * `POST /stores/:id/(kill|pause|resume|restart|slow)` (slow: `{ms}`) on a loopback port, for the gateway's admin API, which
 * people call. Errors are 404, 400 or 409 as problem details.
 */
export async function serveControl(
  fleet: Fleet,
  { port = 0, stores = [], others = () => [], more = {} }: ControlOptions = {},
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer({ fleet, stores, others, more }, request)
      .catch((error: Error) => problem(500, 'fleet_error', error.message))
      .then(({ status, body }) => {
        const type = status >= 400 ? 'application/problem+json' : 'application/json';
        response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
      });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: actualPort } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${actualPort}`, close: () => close(server) };
}

async function answer(controlled: Controlled, request: IncomingMessage): Promise<Answer> {
  const [, root, name, action, ...rest] = (request.url ?? '').split('?', 1)[0]?.split('/') ?? [];
  if (!isFromProgram(request)) return problem(403, 'forbidden', 'web pages may not use this API');
  const further = root !== undefined && Object.hasOwn(controlled.more, root) ? controlled.more[root] : undefined;
  if (further !== undefined) {
    const words = [name, action, ...rest].filter((word) => word !== undefined).map(decodeURIComponent);
    return further({ method: request.method ?? 'GET', words, body: await readBody(request) });
  }
  if ((root !== 'fleet' && root !== 'stores') || rest.length > 0) {
    return problem(404, 'not_found', 'there are only /fleet and /stores here');
  }
  if (name === undefined) {
    if (request.method !== 'GET' || root !== 'fleet') return problem(405, 'method_not_allowed', 'use GET /fleet');
    return { status: 200, body: { processes: everyStatus(controlled) } };
  }
  if (request.method !== 'POST') return problem(405, 'method_not_allowed', 'use POST');
  const id = decodeURIComponent(name);
  if (root === 'stores') return steerStore(controlled, id, action, request);
  if (action === 'scale') return scale(controlled.fleet, id, await readBody(request));
  const process = controlled.fleet.find(id) ?? beside(controlled).find((other) => other.id === id);
  if (process !== undefined) return steer(controlled, process, action);
  const ids = everyStatus(controlled).map((status) => status.id);
  return problem(404, 'unknown_process', `no process ${id}; there are ${ids.join(', ')}`);
}

function beside({ stores, others }: Controlled): ControlledProcess[] {
  return [...stores, ...others()];
}

function everyStatus(controlled: Controlled): ReplicaStatus[] {
  return [...controlled.fleet.status(), ...beside(controlled).map((other) => other.status())];
}

async function steer(
  controlled: Controlled,
  process: Replica | ControlledProcess,
  action: string | undefined,
): Promise<Answer> {
  const act = action === undefined ? undefined : actions[action];
  if (act === undefined) {
    return problem(404, 'unknown_action', `no action ${action}; there are ${Object.keys(actions).join(', ')}, scale`);
  }
  if (!(await act(controlled.fleet, process))) {
    return problem(409, 'wrong_state', `cannot ${action} ${process.id}: it is ${process.status().state}`);
  }
  return { status: 200, body: process.status() };
}

async function steerStore(
  controlled: Controlled,
  id: string,
  action: string | undefined,
  request: IncomingMessage,
): Promise<Answer> {
  const store = controlled.stores.find((each) => each.id === id);
  if (store === undefined) {
    const ids = controlled.stores.map((each) => each.id);
    return problem(404, 'unknown_store', `no store ${id}; there are ${ids.join(', ')}`);
  }
  if (action !== 'slow') return steer(controlled, store, action);
  const parsed = slowRequest.safeParse(await readBody(request));
  if (!parsed.success) return problem(400, 'invalid_request', 'send {"ms": n} with n from 0 to 60000');
  const why = store.slow === undefined ? `${id} cannot be delayed` : await store.slow(parsed.data.ms);
  return why === undefined ? { status: 200, body: store.status() } : problem(409, 'not_behind_a_proxy', why);
}

/** A page of any site can send requests to loopback. Browsers mark them, and the Host header shows a rebound name. */
function isFromProgram({ headers }: IncomingMessage): boolean {
  const fromPage = headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
  return !fromPage && /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '');
}

async function scale(fleet: Fleet, app: string, body: unknown): Promise<Answer> {
  const parsed = scaleRequest.safeParse(body);
  if (!parsed.success) {
    return problem(400, 'invalid_request', 'send {"replicas": n} with n from 0 to 50, and "fleet" for one fleet only');
  }
  const { replicas, fleet: only } = parsed.data;
  if (!(await fleet.scale(app, replicas, only))) {
    const apps = [...new Set(fleet.status().map((status) => `${status.app} (${status.fleet})`))];
    const where = only === undefined ? '' : ` in the fleet ${only}`;
    return problem(404, 'unknown_app', `no app ${app}${where}; there are ${apps.join(', ')}`);
  }
  const scaled = fleet.status().filter((status) => status.app === app && (only ?? status.fleet) === status.fleet);
  return { status: 200, body: { processes: scaled } };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problem(status: number, code: string, detail: string): Answer {
  return { status, body: { type: 'about:blank', title: code.replaceAll('_', ' '), status, code, detail } };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
