import { WebSocket } from 'ws';
import { until } from '../test/support/redis-says.js';

/** A person with a browser at the gateway, who notes what the servers have promised. */
export class SignedInUser {
  private cookie = '';
  private readonly promised = new Set<string>();

  constructor(
    private readonly url: string,
    private readonly name: string,
  ) {}

  async register(): Promise<void> {
    const answer = await this.send('POST', '/auth/register', {
      username: this.name,
      password: 'correct horse battery staple',
    });
    if (answer.status !== 201) throw new Error(`not registered: ${answer.status}`);
    this.cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  }

  /** Adds a todo; returns the status. */
  async addTodo(title: string): Promise<number> {
    const answer = await this.send('POST', '/todos', { title });
    if (answer.status === 201) this.promised.add(((await answer.json()) as { id: string }).id);
    return answer.status;
  }

  /** Reads the profile; returns the status. */
  async profile(): Promise<number> {
    return (await this.send('GET', '/auth/me')).status;
  }

  /** How many acknowledged todos are not in the list. */
  async lostTodos(): Promise<number> {
    const { todos } = await this.read<{ todos: { id: string }[] }>('/todos');
    const listed = new Set(todos.map(({ id }) => id));
    return [...this.promised].filter((id) => !listed.has(id)).length;
  }

  /** Whether every acknowledged todo has come to the activity, which is made from the services' events. */
  async hasHeardOfEveryTodo(): Promise<boolean> {
    const answer = await this.send('GET', '/auth/activity');
    if (answer.status !== 200) return false;
    const added = (await answer.text()).match(/"todo\.added"/g)?.length ?? 0;
    return added >= this.promised.size;
  }

  /**
   * Says a sentence in a chat room; resolves once it is acknowledged. As the page does, it comes back while a server has no Redis: the
   * `clientId` makes a sentence that is said again the same one. Rejects when a server refuses for any other reason.
   */
  async say(room: string, text: string): Promise<void> {
    await until(`${text} was said`, () => this.saidAtOnce(room, text));
  }

  /** One connection's try: whether the server acknowledged the sentence. */
  private saidAtOnce(room: string, text: string): Promise<boolean> {
    const headers = { cookie: this.cookie, origin: this.url };
    const socket = new WebSocket(`${this.url.replace('http', 'ws')}/chat/socket`, { headers });
    const said = new Promise<boolean>((resolve, reject) => {
      socket.on('unexpected-response', (_, { statusCode }) =>
        statusCode === 503 ? resolve(false) : reject(new Error(`refused with ${statusCode}`)),
      );
      socket.on('error', () => resolve(false));
      socket.on('close', (code, reason) =>
        [1001, 1006, 1011, 1012, 1013].includes(code) ? resolve(false) : reject(new Error(`closed: ${code} ${reason}`)),
      );
      socket.on('open', () => socket.send(JSON.stringify({ type: 'join', room })));
      socket.on('message', (data) => {
        const { type } = JSON.parse(String(data)) as { type: string };
        if (type === 'joined') socket.send(JSON.stringify({ type: 'send', room, text, clientId: text }));
        if (type === 'sent' || type === 'error') resolve(type === 'sent');
      });
    });
    return said.finally(() => socket.terminate());
  }

  /** What was said in the room, as its history has it. */
  async history(room: string): Promise<string[]> {
    const { messages } = await this.read<{ messages: { text: string }[] }>(`/chat/rooms/${room}/messages`);
    return messages.map(({ text }) => text);
  }

  /** What a path answers with, as soon as the server that is asked has its Redis. */
  private async read<Body>(path: string): Promise<Body> {
    let answer = await this.send('GET', path);
    await until(`${path} is not 503`, async () => {
      if (answer.status === 503) answer = await this.send('GET', path);
      return answer.status !== 503;
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return (await answer.json()) as Body;
  }

  private send(method: string, path: string, body?: object): Promise<Response> {
    return fetch(this.url + path, {
      method,
      headers: { cookie: this.cookie, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  }
}
