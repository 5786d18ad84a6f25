/** What one server says of its own process; null: it does not say. */
export interface SessionCount {
  readonly id: string;
  /** In its memory store: lost with it. */
  readonly held: number | null;
  /** Copies in its near cache. */
  readonly cached: number | null;
  /** Chat messages that it took from its members, and published, since its start. */
  readonly said: number | null;
  /** Chat messages that it wrote to its members since its start, one for each reader. */
  readonly heard: number | null;
}

/** Longer than any healthy server takes; a paused one must not hold up the answer about the others. */
const TIMEOUT_MS = 500;

/** Asks each server for its own numbers, by its `/metrics`. Never rejects: what a server does not say is null. */
export function countSessions(
  servers: readonly { readonly id: string; readonly url: string }[],
): Promise<readonly SessionCount[]> {
  return Promise.all(
    servers.map(async ({ id, url }) => {
      const text = await metricsOf(url);
      return {
        id,
        held: numberOf(text, 'session_held_sessions'),
        cached: numberOf(text, 'session_cached_sessions'),
        said: numberOf(text, 'chat_sent_total'),
        heard: numberOf(text, 'chat_delivered_total'),
      };
    }),
  );
}

async function metricsOf(url: string): Promise<string> {
  try {
    const response = await fetch(new URL('/metrics', url), {
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return response.ok ? await response.text() : '';
  } catch {
    return '';
  }
}

function numberOf(text: string, name: string): number | null {
  const digits = new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}
