import { sleep } from 'k6';
import http, { type RefinedResponse } from 'k6/http';
import { Counter, Trend } from 'k6/metrics';
import { elapsedMs, plan, type StepName, stepsPlan } from './plan.ts';
import { newLedger, type Outcome, type UserLedger } from './user-ledger.ts';

type Response = RefinedResponse<'text'>;
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** The time from the intended start of a request to the end of its answer; k6's own `http_req_duration` is the service time beside it. */
const answerTime = new Trend('answer_time', true);

/** What src/runners/tell-seconds.ts asks for while a run is under way; the result is counted from the ledgers. */
const errors = new Counter('lab_errors');
const losses = new Counter('lab_losses');

const password = 'lab user, long passphrase';
/** A request that follows from an answer was not intended beforehand. */
const notIntended = -1;
/** The names of the affinity cookies of the lab's load balancers. */
const AFFINITY_COOKIE = /^(hf_affinity|AWSALB)/;
/** Longer than any disturbance, so that a request that waits is not lost. */
const timeout = '15s';
/** The shortest time between two logins of one user. */
const loginPauseMs = 1_000;

/** One person with a browser: a cookie jar, an address, and a memory of the server's promises. */
export class LabUser {
  readonly ledger: UserLedger;
  private readonly name: string;
  /** Acknowledged todos by id: their place in the ledger. */
  private readonly todos = new Map<string, number>();
  /** Servers that answered a list since the last acknowledged todo. */
  private readonly listedBy = new Set<string>();
  private loggedIn = false;
  private mayLogInAtMs = 0;
  private toggled = 0;
  private looks = 0;

  constructor(
    private readonly user: number,
    ledger?: UserLedger,
    private readonly jar = http.cookieJar(),
  ) {
    this.ledger = ledger ?? newLedger(user);
    this.name = `lab-${plan.stamp}-${user}`;
  }

  /** The same person with another browser. */
  onAnotherDevice(): LabUser {
    return new LabUser(this.user, this.ledger, new http.CookieJar());
  }

  register(): void {
    const response = this.request('register', 'POST', '/auth/register', { username: this.name, password });
    this.loggedIn = response.status === 201;
  }

  /** Does the same as a person who finds the login page instead of the app. */
  logIn(): boolean {
    const response = this.request('login', 'POST', '/auth/login', { username: this.name, password });
    this.loggedIn = response.status === 200;
    this.mayLogInAtMs = Date.now() + loginPauseMs;
    return this.loggedIn;
  }

  /** Does one step at its intended time, or at once when the answer before was late. */
  step(name: StepName, intendedMs: number): void {
    if (stepsPlan.comesBack) this.comeBack();
    const { mostTodos } = stepsPlan;
    if (name === 'add' && mostTodos !== undefined && this.kept().length >= mostTodos) this.removeOldest(intendedMs);
    else if (name === 'add') this.addTodo(intendedMs);
    else if (name === 'profile') this.viewProfile(intendedMs);
    else if (name === 'toggle' && this.todos.size > 0) this.toggleTodo(intendedMs);
    else this.listTodos(intendedMs);
  }

  /** Reads the list; false when a new login was needed for it, as when a server answers that does not know the old one. */
  lookClosely(): boolean {
    if (this.listTodos()) return true;
    // One more request every other time: otherwise a lone user under round robin over two servers meets the same one for ever.
    if (this.looks++ % 2 === 1) this.viewProfile();
    if (this.logIn()) this.upToThreeTimes(() => this.listTodos());
    return false;
  }

  /** Logs in again if logged out, at most once a second. */
  comeBack(): void {
    if (!this.loggedIn && Date.now() >= this.mayLogInAtMs) this.logIn();
  }

  viewProfile(intendedMs = notIntended): void {
    this.request('profile', 'GET', '/auth/me', undefined, intendedMs);
  }

  /** Ends all sessions of this person but its own. */
  endOthers(): void {
    this.request('end-others', 'DELETE', '/auth/sessions');
  }

  /**
   * Asks with the cookies of an ended session, so that no answer counts as a lost login; returns the answering server. A
   * refusal would remove the cookie, and the next server would not be asked about the session at all.
   */
  askEnded(cookies: string): string {
    this.loggedIn = false;
    return served(this.request('ended', 'GET', '/auth/me', undefined, notIntended, cookies));
  }

  /** The messages that the chat keeps of a room, oldest first; undefined when it does not answer. */
  readRoom(room: string): { readonly id: string }[] | undefined {
    const response = this.request('room', 'GET', `/chat/rooms/${room}/messages`);
    return response.status === 200 ? (response.json() as { messages: { id: string }[] }).messages : undefined;
  }

  /** True while a todo that no server has denied was listed by one server only: another might deny it. */
  get wantsSecondOpinion(): boolean {
    return this.listedBy.size < 2 && this.ledger.todos.some(([, deniedMs]) => deniedMs === null);
  }

  get isLoggedIn(): boolean {
    return this.loggedIn;
  }

  /** The Cookie header for a request that k6 does not send through the jar. */
  cookieHeader(): string {
    const cookies = this.jar.cookiesForURL(plan.baseUrl);
    return Object.entries(cookies)
      .map(([name, values]) => `${name}=${values[0]}`)
      .join('; ');
  }

  /** The gateway trusts its loopback peer, so every user has an address of its own, as in real life. */
  get address(): string {
    const [fromMs, address] = stepsPlan.moves?.[this.user - 1] ?? [];
    if (fromMs !== undefined && address !== undefined && elapsedMs() >= fromMs) return address;
    return plan.addresses[this.user - 1] ?? '198.18.0.1';
  }

  pauseUntil(ms: number): void {
    const leftMs = ms - elapsedMs();
    if (leftMs > 0) sleep(leftMs / 1000);
  }

  /** Adds one todo. A user who is sent to the login page logs in and tries again, up to three times. */
  private addTodo(intendedMs: number): void {
    if (this.postTodo(intendedMs) || !stepsPlan.comesBack) return;
    if (!this.loggedIn && this.logIn()) this.upToThreeTimes(() => this.postTodo());
  }

  private postTodo(intendedMs = notIntended): boolean {
    const nth = this.ledger.requests.length;
    // The store is asked for it by this title (src/systems/stored-todos.ts), also when no answer tells its id.
    const title = `todo ${plan.stamp} ${this.user} ${nth}`;
    const response = this.request('add', 'POST', '/todos', { title }, intendedMs);
    if (response.status !== 201) return false;
    const { id } = response.json() as { id: string };
    this.todos.set(id, this.ledger.todos.length);
    this.ledger.todos.push([elapsedMs(), null, null, nth]);
    this.listedBy.clear();
    return true;
  }

  /**
   * Removes the oldest todo. Nothing is promised of it any more, unless the request was turned away: after a failure it may be gone,
   * and a 404 may be the answer to a second try of the gateway. A todo that was lost before is missing in a list.
   */
  private removeOldest(intendedMs: number): void {
    const id = this.kept()[0] ?? '';
    const sentMs = elapsedMs();
    const { status } = this.request('remove', 'DELETE', `/todos/${id}`, undefined, intendedMs);
    if (status === 401) return;
    const todo = this.ledger.todos[this.todos.get(id) ?? -1];
    if (status === 204 && todo !== undefined) todo[2] = sentMs;
    this.todos.delete(id);
  }

  /** The todos that are still promised and that no answer has denied, oldest first. */
  private kept(): string[] {
    return [...this.todos].filter(([, n]) => this.ledger.todos[n]?.[1] === null).map(([id]) => id);
  }

  private listTodos(intendedMs = notIntended): boolean {
    return this.request('list', 'GET', '/todos', undefined, intendedMs).status === 200;
  }

  /** Ticks or unticks one of the acknowledged todos. */
  private toggleTodo(intendedMs: number): void {
    const ids = [...this.todos.keys()];
    const id = ids[this.toggled++ % ids.length] ?? '';
    const done = this.toggled % 2 === 1;
    const response = this.request('toggle', 'PATCH', `/todos/${id}`, { done }, intendedMs);
    if (response.status === 404) this.deny(id);
  }

  /** Compares a list with the acknowledged todos; returns how many of them it lacks. */
  private compare(response: Response, sentMs: number): number {
    const { todos } = response.json() as { todos: { id: string }[] };
    const listed = new Set(todos.map((todo) => todo.id));
    const missing = [...this.todos.keys()].filter((id) => !listed.has(id));
    for (const id of missing) this.deny(id);
    for (const [id, n] of this.todos) {
      const todo = this.ledger.todos[n];
      if (todo !== undefined && listed.has(id)) todo[2] = sentMs;
    }
    this.listedBy.add(served(response));
    return missing.length;
  }

  private deny(id: string): void {
    const todo = this.ledger.todos[this.todos.get(id) ?? -1];
    if (todo === undefined || todo[1] !== null) return;
    todo[1] = elapsedMs();
    losses.add(1);
  }

  /** Three tries in a row reach each of three servers once under round robin, so one of them knows this login. */
  private upToThreeTimes(action: () => boolean): boolean {
    return action() || action() || action();
  }

  private request(
    what: string,
    method: Method,
    path: string,
    body?: object,
    intendedMs = notIntended,
    cookies?: string,
  ): Response {
    if (stepsPlan.keepsAffinity === false) this.forgetAffinity();
    const sentMs = elapsedMs();
    const response = http.request(method, plan.baseUrl + path, body === undefined ? null : JSON.stringify(body), {
      headers: {
        ...{ 'Content-Type': 'application/json', 'X-Forwarded-For': this.address },
        ...(cookies === undefined ? {} : { Cookie: cookies }),
      },
      jar: cookies === undefined ? this.jar : new http.CookieJar(),
      // One metric series per kind of request, not one per id.
      tags: { name: what },
      timeout,
      responseType: 'text',
    }) as Response;
    const endMs = elapsedMs();
    if (intendedMs !== notIntended) answerTime.add(endMs - intendedMs);
    const missing = what === 'list' && response.status === 200 ? this.compare(response, sentMs) : 0;
    const outcome = this.isSomeoneElse(what, response) ? 'wrong' : this.outcomeOf(response.status);
    if (outcome === 'failed') errors.add(1);
    if (outcome === 'out') losses.add(1);
    this.ledger.requests.push([what, intendedMs, sentMs, endMs, served(response), response.status, outcome, missing]);
    return response;
  }

  private outcomeOf(status: number): Outcome {
    // 501: the store cannot do it.
    if (status === 0 || (status >= 500 && status !== 501)) return 'failed';
    if (status === 401) {
      const outcome = this.loggedIn ? 'out' : 'refused';
      this.loggedIn = false;
      return outcome;
    }
    if (status >= 400) return 'denied';
    // A page loaded again may reach the server that knows the login.
    this.loggedIn = true;
    return 'ok';
  }

  private isSomeoneElse(what: string, response: Response): boolean {
    if (what !== 'profile' || response.status !== 200) return false;
    return (response.json() as { user: { name: string } }).user.name !== this.name;
  }

  private forgetAffinity(): void {
    for (const name of Object.keys(this.jar.cookiesForURL(plan.baseUrl))) {
      if (AFFINITY_COOKIE.test(name)) this.jar.delete(plan.baseUrl, name);
    }
  }
}

function served(response: Response): string {
  return response.headers['X-Served-By'] ?? '';
}
