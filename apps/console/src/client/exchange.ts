import { problemSchema } from '@holdfast/contracts';
import type { z } from 'zod';
import type { RequestEntry } from '../request/request-entry.js';
import { parseRouteNote } from '../request/route-note.js';
import type { Answer } from './api.js';

/** What one request came back with, and what its headers said about the way. */
type Exchanged<T> = { readonly answer: Answer<T> } & Pick<RequestEntry, 'route' | 'session' | 'sessionKey'>;

const SILENCE = { route: null, session: null, sessionKey: null };

/** One request and its answer, judged: a problem, a silence and an answer of the wrong shape all become values. */
export async function exchange<T>(
  fetchFrom: typeof fetch,
  { method, path, body }: { readonly method: string; readonly path: string; readonly body: unknown },
  shape: z.ZodType<T>,
): Promise<Exchanged<T>> {
  let response: Response;
  try {
    response = await fetchFrom(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    const detail = 'Is it still running?';
    return {
      answer: { ok: false, status: null, servedBy: null, reason: null, code: 'no_answer', detail },
      ...SILENCE,
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
    return { answer: { ok: false, status, servedBy, reason, code, detail }, ...said };
  }
  const parsed = shape.safeParse(content);
  if (parsed.success) return { answer: { ok: true, status, servedBy, body: parsed.data }, ...said };
  const detail = 'The server answered in a form this page does not know. Reload the page.';
  return { answer: { ok: false, status, servedBy, reason, code: 'unknown_answer', detail }, ...said };
}

async function readContent(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}
