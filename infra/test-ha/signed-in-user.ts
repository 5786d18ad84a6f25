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
    const { todos } = (await (await this.send('GET', '/todos')).json()) as { todos: { id: string }[] };
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

  /** Says a sentence in a chat room; resolves once it is acknowledged. */
  async say(room: string, text: string): Promise<void> {
    const headers = { cookie: this.cookie, origin: this.url };
    const socket = new WebSocket(`${this.url.replace('http', 'ws')}/chat/socket`, { headers });
    const heard: string[] = [];
    socket.on('error', (error) => heard.push(error.message));
    socket.on('message', (data) => heard.push(String(data)));
    socket.on('open', () => socket.send(JSON.stringify({ type: 'join', room })));
    const has = (type: string) => () => heard.some((frame) => frame.includes(`"type":"${type}"`));
    await until('joined', has('joined'));
    socket.send(JSON.stringify({ type: 'send', room, text, clientId: text }));
    await until('sent', has('sent'));
    socket.close();
  }

  /** What was said in the room, as its history has it. */
  async history(room: string): Promise<string[]> {
    const answer = await this.send('GET', `/chat/rooms/${room}/messages`);
    const { messages } = (await answer.json()) as { messages: { text: string }[] };
    return messages.map(({ text }) => text);
  }

  private send(method: string, path: string, body?: object): Promise<Response> {
    return fetch(this.url + path, {
      method,
      headers: { cookie: this.cookie, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  }
}
