import { problemSchema } from '@holdfast/contracts';
import type { z } from 'zod';
import { parseRouteNote, type RouteNote } from './route-note.js';

/** What a call came back with. `servedBy` is the destination that answered, null when none did. */
export type Answer<T> =
  | { readonly ok: true; readonly status: number; readonly servedBy: string | null; readonly body: T }
  | {
      readonly ok: false;
      /** Null when there was no answer at all. */
      readonly status: number | null;
      readonly servedBy: string | null;
      /** Why the gateway chose that server; null where it did not say. */
      readonly reason: string | null;
      /** The problem's `code`; `no_answer`, `unknown_answer` or `http_<status>` where there is none. */
      readonly code: string;
      /** For people. */
      readonly detail: string;
    };

/** One request and what its answer said about the way, whatever became of it. */
export interface Exchange {
  /** Wall-clock milliseconds when it was sent. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Null when there was no answer at all. */
  readonly status: number | null;
  /** `code` of the problem, for an answer that is one. */
  readonly code: string | null;
  readonly servedBy: string | null;
  readonly route: RouteNote | null;
  /** `x-session`: where the session was looked for, and the outcome; null where the server does not say. */
  readonly session: string | null;
  /** `x-session-key`: the session's key in Redis, where its store has one to tell. */
  readonly sessionKey: string | null;
  readonly durationMs: number;
}

export interface Sent {
  readonly method: string;
  readonly path: string;
  /** Sent as JSON; undefined: no body. */
  readonly body?: unknown;
}

const SILENCE = { route: null, session: null, sessionKey: null };

/** One request and its answer, judged: a problem, a silence and an answer of the wrong shape all become values. */
export async function exchange<T>(
  fetchFrom: typeof fetch,
  baseUrl: string,
  { method, path, body }: Sent,
  shape: z.ZodType<T>,
): Promise<{ readonly answer: Answer<T>; readonly said: Pick<Exchange, 'route' | 'session' | 'sessionKey'> }> {
  let response: Response;
  try {
    response = await fetchFrom(baseUrl + path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    const detail = 'Is it still running?';
    return {
      answer: { ok: false, status: null, servedBy: null, reason: null, code: 'no_answer', detail },
      said: SILENCE,
    };
  }
  const servedBy = response.headers.get('x-served-by');
  const said = {
    route: parseRouteNote(response.headers.get('x-route')),
    session: response.headers.get('x-session'),
    sessionKey: response.headers.get('x-session-key'),
  };
  const reason = said.route?.reason ?? null;
  const { status } = response;
  const content = await readContent(response);
  if (!response.ok) {
    const told = problemSchema.safeParse(content).data;
    const code = told?.code ?? `http_${status}`;
    const fields = told?.errors?.map(({ message }) => message).join(' ');
    const detail = fields || told?.detail || told?.title || `The server answered ${status}.`;
    return { answer: { ok: false, status, servedBy, reason, code, detail }, said };
  }
  const parsed = shape.safeParse(content);
  if (parsed.success) return { answer: { ok: true, status, servedBy, body: parsed.data }, said };
  const detail = 'The server answered in a form this page does not know. Reload the page.';
  return { answer: { ok: false, status, servedBy, reason, code: 'unknown_answer', detail }, said };
}

async function readContent(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}
