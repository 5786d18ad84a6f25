import { Problem } from '@holdfast/service';

/** Restarting a process includes its graceful end, so an answer may take a while. */
const TIMEOUT_MS = 60_000;

/** The fleet's answer: its status and its JSON, unread. */
export interface FleetAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Speaks to the process that runs the replicas, where there is one. */
export class FleetClient {
  /** `url` is undefined for a gateway that runs without a fleet. */
  constructor(private readonly url: string | undefined) {}

  /** Throws a 501 without a fleet, a 502 when it does not answer, a 504 when it takes longer than a minute. */
  async ask(method: 'GET' | 'POST', path: string, body?: object): Promise<FleetAnswer> {
    if (this.url === undefined) {
      throw new Problem(501, 'no_fleet', 'No fleet runs behind this gateway: set FLEET_URL to the address of one.');
    }
    try {
      const response = await fetch(new URL(path, this.url), {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    } catch (cause) {
      if (cause instanceof Error && cause.name === 'TimeoutError') {
        throw new Problem(504, 'fleet_timeout', 'The fleet did not finish within a minute.', undefined, { cause });
      }
      throw new Problem(502, 'fleet_unreachable', 'The fleet does not answer, or not in JSON.', 1, { cause });
    }
  }
}
