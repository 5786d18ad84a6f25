import type { ActorAnswer, ActorRequest } from './actor/actor-messages.js';

/** What happened in a step, in its order: requests with their answers, and what was done to the system. */
export type Happening =
  | {
      readonly kind: 'request';
      readonly scenario: string;
      readonly label: string;
      /** Another person's request. */
      readonly stranger: boolean;
      readonly answer: ActorAnswer;
    }
  | {
      readonly kind: 'deed';
      readonly text: string;
      /** Processes that ended by it, and all they had in memory with them. */
      readonly ends: readonly string[];
      /** Redis is there again. */
      readonly mendsRedis?: boolean;
      /** What a process holds from now on, beside sessions: by its id, in one or two words. */
      readonly gives?: Readonly<Record<string, string>>;
    };

/** What a step can do. Every request and every deed is a happening on the page. */
export interface Stage {
  /** Sends a request in a scenario's frame and shows it under a label of one or two words. */
  ask(scenario: string, label: string, request: ActorRequest): Promise<ActorAnswer>;
  /** Opens a chat socket, says something or hangs up: milliseconds, or null when it did not work. */
  chat(
    scenario: string,
    command: { type: 'open' } | { type: 'say'; text: string } | { type: 'hang-up' },
  ): Promise<number | null>;
  /** Kills, restarts or pauses a process; `text` says so on the page. */
  act(id: string, action: 'kill' | 'restart', text: string): Promise<void>;
  /** Runs this many processes of an app. */
  scale(app: string, replicas: number, fleet: string, text: string): Promise<void>;
  /** Says something on the page, and what a process holds from now on. */
  note(text: string, gives: Readonly<Record<string, string>>): void;
  /** How many chat sockets each destination of an upstream holds, by id. */
  sockets(upstream: string): Promise<ReadonlyMap<string, number>>;
  /** Waits between two tries of something that may take a moment. */
  pause(): Promise<void>;
}

/** A person of the story: a fresh account in one scenario, and what its servers acknowledged. */
export class Person {
  readonly name = `ada-${random().slice(0, 6)}`;
  private readonly password = `${random()}${random()}`;
  private readonly todos = new Set<string>();

  constructor(
    private readonly stage: Stage,
    readonly scenario: string,
  ) {}

  /** Signs up, which also signs in. `as` gives another address, or another browser. */
  signUp(as: Pick<ActorRequest, 'address' | 'stranger'> = {}): Promise<ActorAnswer> {
    this.todos.clear();
    const body = { username: this.name, password: this.password };
    return this.stage.ask(this.scenario, 'sign up', { method: 'POST', path: '/auth/register', body, ...as });
  }

  /** Signs in again, after a server forgot the login. */
  signIn(): Promise<ActorAnswer> {
    this.todos.clear();
    const body = { username: this.name, password: this.password };
    return this.stage.ask(this.scenario, 'sign in', { method: 'POST', path: '/auth/login', body });
  }

  async addTodo(title: string): Promise<ActorAnswer> {
    const answer = await this.stage.ask(this.scenario, 'add', { method: 'POST', path: '/todos', body: { title } });
    const id = (answer.body as { id?: unknown } | null)?.id;
    if (answer.status === 201 && typeof id === 'string') this.todos.add(id);
    return answer;
  }

  /** Reads the todos `times` times, one after the other. */
  async read(
    times: number,
    as: (n: number) => Pick<ActorRequest, 'address'> = () => ({}),
  ): Promise<readonly ActorAnswer[]> {
    const answers: ActorAnswer[] = [];
    for (let n = 0; n < times; n++) {
      answers.push(await this.stage.ask(this.scenario, 'read', { method: 'GET', path: '/todos', ...as(n) }));
    }
    return answers;
  }

  /** How many acknowledged todos an answered list does not hold; all of them where it was refused. */
  missingFrom({ body }: ActorAnswer): number {
    const todos = (body as { todos?: unknown } | null)?.todos;
    const present = new Set(Array.isArray(todos) ? todos.map((todo: { id?: unknown }) => todo.id) : []);
    return [...this.todos].filter((id) => !present.has(id)).length;
  }
}

/** Whether the server did what was asked. */
export function worked({ status }: ActorAnswer): boolean {
  return status !== null && status < 400;
}

/** Whether a server did not know the login. */
export function signedOut({ status }: Pick<ActorAnswer, 'status'>): boolean {
  return status === 401;
}

/** No answer, or one that says only that something was out of reach: it tells nothing about login and data. */
export function unreachable({ status }: Pick<ActorAnswer, 'status'>): boolean {
  return status === null || status >= 500;
}

/** The servers that answered, each once, in order. */
export function serversOf(answers: readonly ActorAnswer[]): readonly string[] {
  return [...new Set(answers.map(({ servedBy }) => servedBy).filter((id) => id !== null))];
}

/** The step cannot be played; the message is for the person at the page. */
export class StoryStopped extends Error {}

/** The server that answered; a step without one cannot go on. */
export function serverOf(answer: ActorAnswer, what: string): string {
  if (worked(answer) && answer.servedBy !== null) return answer.servedBy;
  const how = answer.status === null ? 'was not answered' : `was answered with ${answer.status} (${answer.code})`;
  throw new StoryStopped(`${what} ${how}, so this step stops here. Run it again.`);
}

function random(): string {
  return crypto.getRandomValues(new Uint32Array(2)).reduce((text, word) => text + word.toString(36), '');
}
