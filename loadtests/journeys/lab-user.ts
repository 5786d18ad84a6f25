import { sleep } from 'k6';
import http, { type RefinedResponse } from 'k6/http';
import { Trend } from 'k6/metrics';
import { seededRandom } from '../src/scenarios/seeded-random.ts';
import { plan } from './plan.ts';
import { newLedger } from './user-ledger.ts';

type Response = RefinedResponse<'text'>;
type Method = 'GET' | 'POST' | 'PATCH';

/** Answer times of every request but those that hash a password, which cost 40 ms of CPU by intent. */
const answerTime = new Trend('answer_time', true);

const password = 'lab user, long passphrase';

/** One person with a browser: a cookie jar, an address, and a memory of what the server promised. */
export class LabUser {
  readonly ledger;
  private readonly jar = http.cookieJar();
  private readonly name: string;
  private readonly headers: Record<string, string>;
  /** Ids of acknowledged todos; true once a later answer denied it. */
  private readonly todos = new Map<string, boolean>();
  /** Destinations that answered a list since the last acknowledged todo. */
  private readonly listedBy = new Set<string>();
  private readonly random: () => number;
  private loggedIn = false;
  private mayLogInAtMs = 0;
  private toggled = 0;
  private looks = 0;

  constructor(user: number) {
    this.ledger = newLedger(user);
    this.random = seededRandom(plan.seed + user);
    this.name = `lab-${plan.stamp}-${user}`;
    this.headers = {
      'Content-Type': 'application/json',
      // The gateway trusts its loopback peer: so every user has an address of its own, as in real life.
      'X-Forwarded-For': plan.addresses[user - 1] ?? '10.0.0.1',
    };
  }

  register(): void {
    const response = this.request('POST', '/auth/register', { username: this.name, password });
    this.loggedIn = response.status === 201;
    this.ledger.loggedIn ||= this.loggedIn;
  }

  /** What a person does who finds the login page instead of the app. */
  logIn(): boolean {
    const response = this.request('POST', '/auth/login', { username: this.name, password });
    this.loggedIn = response.status === 200;
    this.ledger.loggedIn ||= this.loggedIn;
    this.mayLogInAtMs = Date.now() + 1_000;
    return this.loggedIn;
  }

  /** Adds one todo. Who is sent to the login page logs in and tries again, up to three times; false when all failed. */
  addTodo(title: string): boolean {
    if (this.postTodo(title)) return true;
    return this.logIn() && this.upToThreeTimes(() => this.postTodo(title));
  }

  /** Reads the list once and compares it with what was acknowledged. */
  listTodos(): boolean {
    const response = this.request('GET', '/todos');
    if (response.status !== 200) return false;
    const { todos } = response.json() as { todos: { id: string }[] };
    const listed = new Set(todos.map((todo) => todo.id));
    for (const id of this.todos.keys()) if (!listed.has(id)) this.lost(id);
    this.listedBy.add(served(response));
    return true;
  }

  /** Reads the list; false when that took a new login, as it does where another server answers than the one logged in to. */
  lookClosely(): boolean {
    if (this.listTodos()) return true;
    // One request more every other time: else a lone user under round robin over two servers meets the same one for ever.
    if (this.looks++ % 2 === 1) this.request('GET', '/auth/me');
    if (this.logIn()) this.upToThreeTimes(() => this.listTodos());
    return false;
  }

  /** Logs in again if logged out, at most once a second. */
  comeBack(): void {
    if (!this.loggedIn && Date.now() >= this.mayLogInAtMs) this.logIn();
  }

  viewProfile(): void {
    if (this.loggedIn) this.request('GET', '/auth/me');
  }

  /** Ticks or unticks one of the acknowledged todos. */
  toggleTodo(): void {
    const ids = [...this.todos.keys()];
    const id = ids[this.toggled++ % Math.max(ids.length, 1)];
    if (!this.loggedIn || id === undefined) return;
    const response = this.request('PATCH', `/todos/${id}`, { done: this.toggled % 2 === 1 });
    if (response.status === 404) this.lost(id);
  }

  /** What the chat keeps of a room, oldest first; undefined when it does not answer. */
  readRoom(room: string): { readonly id: string }[] | undefined {
    const response = this.request('GET', `/chat/rooms/${room}/messages`);
    return response.status === 200 ? (response.json() as { messages: { id: string }[] }).messages : undefined;
  }

  /** True while a todo that nobody has denied was listed by one destination only: another might deny it. */
  get wantsSecondOpinion(): boolean {
    return this.listedBy.size < 2 && [...this.todos.values()].some((lost) => !lost);
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

  get address(): string {
    return this.headers['X-Forwarded-For'] ?? '';
  }

  /** A random pause around `ms`: users in lock-step would take turns with the servers and miss what round robin does. */
  pause(ms: number): void {
    const intendedMs = ms * (0.5 + this.random());
    const begunAtMs = Date.now();
    sleep(intendedMs / 1000);
    this.ledger.lateMs = Math.max(this.ledger.lateMs, Math.round(Date.now() - begunAtMs - intendedMs));
  }

  trouble(): void {
    this.ledger.troubleAtMs.push(Date.now());
  }

  private postTodo(title: string): boolean {
    const response = this.request('POST', '/todos', { title });
    if (response.status !== 201) return false;
    const { id } = response.json() as { id: string };
    this.todos.set(id, false);
    this.listedBy.clear();
    this.ledger.todosAcknowledged++;
    return true;
  }

  /** Three tries in a row reach each of three servers once under round robin, so one of them knows this login. */
  private upToThreeTimes(action: () => boolean): boolean {
    return action() || action() || action();
  }

  private lost(id: string): void {
    if (this.todos.get(id) !== false) return;
    this.todos.set(id, true);
    this.ledger.todosLost++;
  }

  private request(method: Method, path: string, body?: object): Response {
    const text = body === undefined ? null : JSON.stringify(body);
    // One metric series per route, not per id.
    const name = path.replace(/^(\/todos)\/.*/, '$1/:id');
    const response = http.request(method, plan.baseUrl + path, text, {
      headers: this.headers,
      jar: this.jar,
      tags: { name },
      timeout: '5s',
      responseType: 'text',
    }) as Response;
    this.record(method, path, response);
    return response;
  }

  private record(method: Method, path: string, response: Response): void {
    const { ledger } = this;
    ledger.requests++;
    const by = served(response);
    if (by !== '') ledger.servedBy[by] = (ledger.servedBy[by] ?? 0) + 1;
    if (!path.startsWith('/auth/login') && !path.startsWith('/auth/register'))
      answerTime.add(response.timings.duration);
    if (response.status === 0 || response.status >= 500) {
      if (method === 'GET') ledger.failedReads++;
      else ledger.failedWrites++;
      this.trouble();
    } else if (response.status === 401 && this.loggedIn) {
      this.loggedIn = false;
      ledger.loggedOut++;
      this.trouble();
    } else if (response.status < 300) {
      // A page loaded again may reach the server that knows the login.
      this.loggedIn = true;
    }
  }
}

function served(response: Response): string {
  return response.headers['X-Served-By'] ?? '';
}
