import { sleep } from 'k6';
import http, { type RefinedResponse } from 'k6/http';
import { Trend } from 'k6/metrics';
import type { Answer } from './app-steps.ts';
import { inHundredths } from './clock.ts';
import { elapsedMs, plan } from './plan.ts';
import { newLedger, type Outcome, type RequestRecord } from './user-ledger.ts';

type Response = RefinedResponse<'text'>;
type Method = AppRequest['method'];

export interface AppRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The time from the intended start of a request to the end of its answer. */
const answerTime = new Trend('answer_time', true);
const NOT_INTENDED = -1;
/** Longer than any disturbance, so that a request that waits is not lost. */
const TIMEOUT = '15s';
const MOST_REDIRECTS = 5;

/** One person with a browser in front of someone's app: cookies of its own, and a memory of the app's promises. */
export class AppUser {
  /** The user's name, of the same length for every user, so that no name is part of another. */
  readonly name: string;
  readonly ledger;
  /** Called with every exchange; for the walk before the load. */
  onExchange: (request: AppRequest, answer: Answer) => void = () => undefined;
  private readonly cookies = new Map<string, string>();
  /** Promises by token: their place in the ledger. */
  private readonly promises = new Map<string, number>();
  /** Servers that showed all promises since the last one was given. */
  private readonly shownBy = new Set<string>();
  private intendedMs = NOT_INTENDED;
  private confirmed = false;

  constructor(private readonly user: number) {
    this.name = `hf-${plan.stamp}-${String(user).padStart(4, '0')}`;
    this.ledger = newLedger(user);
  }

  get isLoggedIn(): boolean {
    return this.confirmed;
  }

  /** Tokens that were promised and never denied, oldest first. */
  get promised(): string[] {
    return [...this.promises].filter(([, n]) => this.ledger.todos[n]?.[1] === null).map(([token]) => token);
  }

  /** True while a promise that no server has denied was shown by one server only: another might deny it. */
  get wantsSecondOpinion(): boolean {
    return this.shownBy.size < 2 && this.promised.length > 0;
  }

  /** The next request was intended at this time. */
  intend(atMs: number): void {
    this.intendedMs = atMs;
  }

  /** A unique text of fixed length. */
  token(): string {
    return `${this.name}-${String(this.tokens++).padStart(6, '0')}`;
  }
  private tokens = 0;

  get(path: string, headers?: AppRequest['headers']): Answer {
    return this.request({ method: 'GET', path, ...(headers && { headers }) });
  }

  post(path: string, request: Omit<AppRequest, 'method' | 'path'> = {}): Answer {
    return this.request({ method: 'POST', path, ...request });
  }

  request(request: AppRequest): Answer {
    const [answer] = this.together([request]);
    if (answer === undefined) throw new Error('a request has an answer');
    return answer;
  }

  /** Sends requests at the same time, as a page does that loads its parts. */
  together(requests: readonly AppRequest[]): Answer[] {
    const sentMs = elapsedMs();
    const responses = http.batch(requests.map((request) => this.paramsOf(request))) as Response[];
    return responses.map((response, n) => {
      const request = requests[n] as AppRequest;
      const answer = this.read(response);
      const endMs = requests.length === 1 ? elapsedMs() : inHundredths(sentMs + response.timings.duration);
      this.record(request, answer, sentMs, endMs);
      this.onExchange(request, answer);
      return answer;
    });
  }

  /** The answer, or the one that its redirects lead to. */
  follow(answer: Answer): Answer {
    let last = answer;
    for (let n = 0; n < MOST_REDIRECTS && last.status >= 300 && last.status < 400; n++) {
      const { location } = last.headers;
      if (location === undefined) return last;
      last = this.get(location.replace(/^[a-z]+:\/\/[^/]*/i, '') || '/');
    }
    return last;
  }

  /** Logs in by this request (an answer below 400 confirms it), or says whether the newest answer confirms a login. */
  login(how: AppRequest | boolean): void {
    const ok = typeof how === 'boolean' ? how : isTaken(this.request(how));
    const newest = this.newest;
    if (newest !== undefined)
      this.ledger.requests[this.ledger.requests.length - 1] = ['login', ...newest.slice(1)] as never;
    if (ok) this.judge('ok');
    this.confirmed = ok;
  }

  /** The newest answer was given to a user who is logged in. */
  confirm(): void {
    this.judge('ok');
    this.confirmed = true;
  }

  /** The newest answer asks for a login. */
  loggedOut(): void {
    this.judge(this.confirmed ? 'out' : 'refused');
    this.confirmed = false;
  }

  /**
   * The app acknowledged that it keeps this token, and the ledger records this promise. A given request is sent first: an answer below
   * 400 acknowledges the token, 401 asks for a login.
   */
  promise(token: string, request?: AppRequest): void {
    if (request !== undefined) {
      const answer = this.request(request);
      if (answer.status === 401) this.loggedOut();
      if (!isTaken(answer)) return;
      this.confirm();
    }
    this.promises.set(token, this.ledger.todos.length);
    this.ledger.todos.push([elapsedMs(), null, null, this.ledger.requests.length - 1]);
    this.shownBy.clear();
  }

  /** Compares the newest answer (its list, or a test for a token) with the promised tokens; returns the missing ones. */
  check(shown: readonly string[] | ((token: string) => boolean), among = [...this.promises.keys()]): string[] {
    const shows = typeof shown === 'function' ? shown : (token: string) => shown.includes(token);
    const missing = among.filter((token) => !shows(token));
    const newest = this.newest;
    for (const token of among) {
      const todo = this.ledger.todos[this.promises.get(token) ?? -1];
      if (todo === undefined) continue;
      if (missing.includes(token)) todo[1] ??= elapsedMs();
      else todo[2] = newest?.[2] ?? null;
    }
    if (newest !== undefined) {
      this.ledger.requests[this.ledger.requests.length - 1] = [...newest.slice(0, 7), missing.length] as never;
      this.shownBy.add(newest[4]);
    }
    return missing;
  }

  pauseUntil(ms: number): void {
    const leftMs = ms - elapsedMs();
    if (leftMs > 0) sleep(leftMs / 1000);
  }

  private get newest(): RequestRecord | undefined {
    return this.ledger.requests.at(-1);
  }

  /** Records the outcome of the newest request, and of those that were sent with it. */
  private judge(outcome: Outcome): void {
    const newest = this.newest;
    if (newest === undefined) return;
    const [, , sentMs] = newest;
    for (let n = this.ledger.requests.length - 1; this.ledger.requests[n]?.[2] === sentMs; n--) {
      const record = [...(this.ledger.requests[n] as RequestRecord)];
      // A refusal may have any status; an answer that confirms a login has not failed.
      if (record[6] === 'passed' || (record[6] === 'denied' && outcome !== 'ok')) record[6] = outcome;
      this.ledger.requests[n] = record as never;
    }
  }

  private paramsOf({ method, path, form, json, headers = {} }: AppRequest) {
    const cookies = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return {
      method,
      url: plan.baseUrl + path,
      body: form === undefined ? (json === undefined ? null : JSON.stringify(json)) : { ...form },
      params: {
        headers: {
          ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
          'X-Forwarded-For': plan.addresses[this.user - 1] ?? '198.18.0.1',
          ...headers,
          ...(cookies === '' ? {} : { Cookie: cookies }),
        },
        // Cookies are kept by hand: the app is on loopback without TLS, and k6's jar would not keep Secure cookies from it.
        jar: new http.CookieJar(),
        redirects: 0,
        tags: { name: method },
        timeout: TIMEOUT,
        responseType: 'text' as const,
      },
    };
  }

  private read(response: Response): Answer {
    for (const [name, list] of Object.entries(response.cookies)) {
      const cookie = list.at(-1);
      // k6 gives a time long before 1970 for a cookie without an expiry.
      const isGone = cookie === undefined || cookie.maxAge < 0 || (cookie.expires >= 0 && cookie.expires < Date.now());
      if (isGone) this.cookies.delete(name);
      else this.cookies.set(name, cookie.value);
    }
    const headers = Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]);
    return {
      status: response.status,
      headers: Object.fromEntries(headers) as Record<string, string>,
      body: response.body ?? '',
      cookies: Object.fromEntries(this.cookies),
    };
  }

  private record({ method }: { method: Method }, { status, headers }: Answer, sentMs: number, endMs: number): void {
    const intendedMs = this.intendedMs;
    this.intendedMs = NOT_INTENDED;
    if (intendedMs !== NOT_INTENDED) answerTime.add(endMs - intendedMs);
    const outcome: Outcome = status === 0 || status >= 500 ? 'failed' : status >= 400 ? 'denied' : 'passed';
    const what = method === 'GET' ? 'list' : 'add';
    this.ledger.requests.push([what, intendedMs, sentMs, endMs, headers['x-served-by'] ?? '', status, outcome, 0]);
  }
}

function isTaken({ status }: Answer): boolean {
  return status > 0 && status < 400;
}
