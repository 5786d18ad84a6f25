const PASSWORD = 'a passphrase for containers';

/** What became of one user's requests and of what the servers had promised. */
export interface Account {
  requests: number;
  /** Requests without an answer, or with a server's error. */
  failed: string[];
  loggedOut: number;
  todosAcknowledged: number;
  todosLost: number;
}

/** A person with a browser at the published port of the gateway. */
export class User {
  readonly account: Account = { requests: 0, failed: [], loggedOut: 0, todosAcknowledged: 0, todosLost: 0 };
  /** The server that gave the last answer. */
  servedBy = '';
  private readonly cookies = new Map<string, string>();
  private readonly todos = new Set<string>();

  constructor(
    private readonly url: string,
    private readonly name: string,
  ) {}

  async register(): Promise<number> {
    return (await this.send('POST', '/auth/register', { username: this.name, password: PASSWORD }))?.status ?? 0;
  }

  /** One round of a person's work: profile, a new todo, the list. */
  async work(): Promise<void> {
    await this.profile();
    await this.add();
    await this.list();
  }

  async profile(): Promise<number> {
    const answer = await this.send('GET', '/auth/me');
    if (answer?.status === 401) this.account.loggedOut++;
    return answer?.status ?? 0;
  }

  private async add(): Promise<void> {
    const answer = await this.send('POST', '/todos', { title: 'something' });
    if (answer?.status !== 201) return;
    this.todos.add(((await answer.json()) as { id: string }).id);
    this.account.todosAcknowledged++;
  }

  /** Counts the acknowledged todos that the list lacks. */
  async list(): Promise<void> {
    const answer = await this.send('GET', '/todos');
    if (answer?.status !== 200) return;
    const { todos } = (await answer.json()) as { todos: { id: string }[] };
    const listed = new Set(todos.map(({ id }) => id));
    this.account.todosLost = [...this.todos].filter((id) => !listed.has(id)).length;
  }

  private async send(method: string, path: string, body?: object): Promise<Response | undefined> {
    this.account.requests++;
    const cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ');
    const answer = await fetch(this.url + path, {
      method,
      headers: { cookie, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    }).catch((error: Error) => error);
    if (answer instanceof Error || answer.status >= 500) {
      this.account.failed.push(`${method} ${path}: ${answer instanceof Error ? answer.message : answer.status}`);
      if (answer instanceof Error) return undefined;
    }
    for (const line of answer.headers.getSetCookie()) {
      const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(key, value);
    }
    this.servedBy = answer.headers.get('x-served-by') ?? '';
    return answer;
  }
}

/** Keeps users at work while something is done to the servers, and sums up their accounts; fresh counts each time. */
export async function workDuring(users: readonly User[], disturb: () => Promise<void>): Promise<Account> {
  for (const { account } of users)
    Object.assign(account, { requests: 0, failed: [], loggedOut: 0, todosAcknowledged: 0 });
  let over = false;
  const work = users.map(async (user) => {
    while (!over) await user.work();
    await user.profile();
    await user.list();
  });
  await disturb().finally(() => {
    over = true;
  });
  await Promise.all(work);
  return sum(users.map(({ account }) => account));
}

function sum(accounts: readonly Account[]): Account {
  const total = (of: (account: Account) => number) => accounts.reduce((all, account) => all + of(account), 0);
  return {
    requests: total((account) => account.requests),
    failed: accounts.flatMap(({ failed }) => failed),
    loggedOut: total((account) => account.loggedOut),
    todosAcknowledged: total((account) => account.todosAcknowledged),
    todosLost: total((account) => account.todosLost),
  };
}
