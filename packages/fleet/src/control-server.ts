import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Fleet } from './fleet.js';
import { type ControlledProcess, Replica } from './replica.js';

type Answer = { readonly status: number; readonly body: unknown };

const scaleRequest = z.strictObject({ replicas: z.number().int().min(0).max(50) });
const maxBodyBytes = 1_024;

const actions: Record<string, (fleet: Fleet, process: Replica | ControlledProcess) => Promise<boolean> | boolean> = {
  kill: (_fleet, process) => process.kill().then((done) => done !== false),
  pause: (_fleet, process) => process.pause(),
  resume: (_fleet, process) => process.resume(),
  restart: (fleet, process) =>
    process instanceof Replica ? fleet.restart(process).then(() => true) : process.restart(),
  drain: (fleet, process) => process instanceof Replica && fleet.drain(process).then(() => true),
};

/**
 * Serves `GET /fleet`, `POST /fleet/:id/(kill|pause|resume|restart|drain)` and `POST /fleet/:app/scale` on a loopback
 * port (default 0: any free one), for the gateway's admin API, which is what people call. Answers 404, 400 or 409 as problem details.
 * `others` are shown and steered like replicas, and cannot be scaled or drained.
 */
export async function serveControl(
  fleet: Fleet,
  port = 0,
  others: readonly ControlledProcess[] = [],
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(fleet, others, request)
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

async function answer(fleet: Fleet, others: readonly ControlledProcess[], request: IncomingMessage): Promise<Answer> {
  const [, root, name, action, ...rest] = (request.url ?? '').split('?', 1)[0]?.split('/') ?? [];
  if (!isFromProgram(request)) return problem(403, 'forbidden', 'web pages may not use this API');
  if (root !== 'fleet' || rest.length > 0) return problem(404, 'not_found', 'there is only /fleet here');
  if (name === undefined) {
    if (request.method !== 'GET') return problem(405, 'method_not_allowed', 'use GET /fleet');
    return { status: 200, body: { processes: [...fleet.status(), ...others.map((other) => other.status())] } };
  }
  if (request.method !== 'POST') return problem(405, 'method_not_allowed', 'use POST');
  if (action === 'scale') return scale(fleet, decodeURIComponent(name), await readBody(request));
  const act = action === undefined ? undefined : actions[action];
  if (act === undefined) {
    return problem(404, 'unknown_action', `no action ${action}; there are ${Object.keys(actions).join(', ')}, scale`);
  }
  const id = decodeURIComponent(name);
  const replica = fleet.find(id) ?? others.find((other) => other.id === id);
  if (replica === undefined) {
    const ids = [...fleet.status().map((status) => status.id), ...others.map((other) => other.id)];
    return problem(404, 'unknown_process', `no process ${name}; there are ${ids.join(', ')}`);
  }
  if (!(await act(fleet, replica))) {
    return problem(409, 'wrong_state', `cannot ${action} ${replica.id}: it is ${replica.status().state}`);
  }
  return { status: 200, body: replica.status() };
}

/** A page of any site can send requests to loopback; browsers mark them, and a rebound name shows in Host. */
function isFromProgram({ headers }: IncomingMessage): boolean {
  const fromPage = headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
  return !fromPage && /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '');
}

async function scale(fleet: Fleet, app: string, body: unknown): Promise<Answer> {
  const parsed = scaleRequest.safeParse(body);
  if (!parsed.success) return problem(400, 'invalid_request', 'send {"replicas": n} with n from 0 to 50');
  if (!(await fleet.scale(app, parsed.data.replicas))) {
    const apps = [...new Set(fleet.status().map((status) => status.app))];
    return problem(404, 'unknown_app', `no app ${app}; there are ${apps.join(', ')}`);
  }
  return { status: 200, body: { processes: fleet.status().filter((status) => status.app === app) } };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > maxBodyBytes) return undefined;
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
