import { parseRouteNote } from '@holdfast/client';
import type { ActorAnswer, ActorRequest } from './actor-messages.js';

/** Sends one request to this page's own host. Never rejects: silence is an answer without status. */
export async function sendRequest({ method, path, body, address, stranger }: ActorRequest): Promise<ActorAnswer> {
  try {
    const response = await fetch(path, {
      method,
      credentials: stranger ? 'omit' : 'same-origin',
      cache: 'no-store',
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(address !== undefined && { 'x-forwarded-for': address }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const content: unknown = await response.json().catch(() => null);
    return {
      status: response.status,
      code: response.ok ? null : codeOf(content),
      servedBy: response.headers.get('x-served-by'),
      reason: parseRouteNote(response.headers.get('x-route'))?.reason ?? null,
      session: response.headers.get('x-session'),
      body: content,
    };
  } catch {
    return { status: null, code: 'no_answer', servedBy: null, reason: null, session: null, body: null };
  }
}

function codeOf(content: unknown): string | null {
  const code = (content as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : null;
}
