import type { z } from 'zod';
import {
  change,
  decision,
  type PolicyName,
  type ProcessStatus,
  processList,
  processStatus,
  type RoutedRequest,
  type SessionCount,
  type StateChange,
  scenarioStatus,
  sessionCounts,
  type UpstreamView,
  upstreamList,
} from './shapes.js';

/** The admin API did not do what was asked; the message is for the person at the page. */
export class AdminError extends Error {
  constructor(
    message: string,
    /** Problem code, or `unreachable`. */
    readonly code: string,
  ) {
    super(message);
    this.name = 'AdminError';
  }
}

/** Scaling and restarting wait for the graceful end of a process. */
const TIMEOUT_MS = 60_000;

/** The part of the gateway's admin API that the page uses; every call rejects with `AdminError` alone. */
export class AdminClient {
  private readonly steered = new Set<(status: ProcessStatus) => void>();

  constructor(private readonly baseUrl: string) {}

  async upstreams(): Promise<readonly UpstreamView[]> {
    return (await this.call('GET', '/upstreams', upstreamList)).upstreams;
  }

  /** Null when the gateway runs without a fleet. */
  async fleet(): Promise<readonly ProcessStatus[] | null> {
    try {
      return (await this.call('GET', '/fleet', processList)).processes;
    } catch (error) {
      if (error instanceof AdminError && error.code === 'no_fleet') return null;
      throw error;
    }
  }

  /** The sessions that each server of an upstream has in its own process. */
  async sessions(upstream: string): Promise<readonly SessionCount[]> {
    const path = `/upstreams/${encodeURIComponent(upstream)}/sessions`;
    return (await this.call('GET', path, sessionCounts)).destinations;
  }

  scenario(): Promise<z.infer<typeof scenarioStatus>> {
    return this.call('GET', '/scenario', scenarioStatus);
  }

  activate(name: string): Promise<z.infer<typeof scenarioStatus>> {
    return this.call('PUT', '/scenario', scenarioStatus, { name });
  }

  /** Kills, pauses, resumes or restarts one process of the fleet, and tells who listens what became of it. */
  async control(id: string, action: 'kill' | 'pause' | 'resume' | 'restart'): Promise<void> {
    const status = await this.call('POST', `/fleet/${encodeURIComponent(id)}/${action}`, processStatus);
    for (const listener of this.steered) listener(status);
  }

  /** Calls `listener` with each process as the fleet answers that it is after a lever; returns what ends it. */
  onSteered(listener: (status: ProcessStatus) => void): () => void {
    this.steered.add(listener);
    return () => this.steered.delete(listener);
  }

  /** Delays every answer of a store by `ms` from now on; 0 ends it. */
  async slow(store: string, ms: number): Promise<void> {
    await this.call('POST', `/stores/${encodeURIComponent(store)}/slow`, null, { ms });
  }

  /** Runs this many replicas of an app in one fleet; resolves once they are ready, or gone. */
  async scale(app: string, replicas: number, fleet: string): Promise<void> {
    await this.call('POST', `/fleet/${encodeURIComponent(app)}/scale`, processList, { replicas, fleet });
  }

  /** Has an upstream choose by another policy from the next request on. */
  async setPolicy(upstream: string, policy: PolicyName): Promise<void> {
    await this.call('PUT', `/upstreams/${encodeURIComponent(upstream)}/policy`, null, { policy });
  }

  /** Drains or undrains a destination in one upstream. */
  async flow(upstream: string, id: string, action: 'drain' | 'undrain'): Promise<void> {
    const path = `/upstreams/${encodeURIComponent(upstream)}/destinations/${encodeURIComponent(id)}/${action}`;
    await this.call('POST', path, null);
  }

  /** Live sampled decisions and changes of state until the returned function is called; reconnects by itself. */
  watch(onDecision: (request: RoutedRequest) => void, onChange: (change: StateChange) => void): () => void {
    const source = new EventSource(`${this.baseUrl}/events`);
    source.addEventListener('change', (event: MessageEvent<string>) => {
      const parsed = change.safeParse(parseJson(event.data));
      if (parsed.success) onChange(parsed.data);
    });
    source.addEventListener('decision', (event: MessageEvent<string>) => {
      const parsed = decision.safeParse(parseJson(event.data));
      if (parsed.success) onDecision(parsed.data);
    });
    return () => source.close();
  }

  /** One request, its answer checked by `shape`; null: whatever it answers. Rejects with `AdminError` alone. */
  async call<T>(method: string, path: string, shape: z.ZodType<T>, body?: unknown): Promise<T>;
  async call(method: string, path: string, shape: null, body?: unknown): Promise<void>;
  async call<T>(method: string, path: string, shape: z.ZodType<T> | null, body?: unknown): Promise<T | undefined> {
    let response: Response;
    let content: unknown;
    try {
      response = await fetch(this.baseUrl + path, {
        method,
        credentials: 'omit',
        cache: 'no-store',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      content = parseJson(await response.text());
    } catch {
      throw new AdminError(`The admin API at ${this.baseUrl} does not answer.`, 'unreachable');
    }
    if (!response.ok) {
      const { code, detail } = (content ?? {}) as { code?: unknown; detail?: unknown };
      throw new AdminError(typeof detail === 'string' ? detail : `${method} ${path}: ${response.status}`, String(code));
    }
    if (shape === null) return undefined;
    const parsed = shape.safeParse(content);
    if (!parsed.success)
      throw new AdminError(`${method} ${path} answered in a form this page does not know.`, 'unknown_answer');
    return parsed.data;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
