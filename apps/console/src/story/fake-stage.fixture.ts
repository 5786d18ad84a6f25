import type { ActorAnswer, ActorRequest } from './actor/actor-messages.js';
import type { Stage } from './stage.js';

/** A server of a test: answers like a monolith that keeps sessions in memory. */
export type FakeServer = (scenario: string, request: ActorRequest) => Partial<ActorAnswer>;

export function answerOf(part: Partial<ActorAnswer>): ActorAnswer {
  return { status: 200, code: null, servedBy: null, reason: null, session: null, body: null, ...part };
}

/** A stage without a system: `server` answers every request, `deeds` has what was done. */
export function fakeStage(server: FakeServer, sockets: () => ReadonlyMap<string, number> = () => new Map()) {
  const deeds: string[] = [];
  const stage: Stage = {
    ask: async (scenario, _label, request) => answerOf(server(scenario, request)),
    chat: async (_scenario, command) => (command.type === 'say' ? 7 : 0),
    act: async (id, action) => void deeds.push(`${action} ${id}`),
    scale: async (app, replicas) => void deeds.push(`${app} × ${replicas}`),
    note: () => undefined,
    sockets: async () => sockets(),
    pause: async () => undefined,
  };
  return { stage, deeds };
}

/** Servers in turn, of which each knows only whom it signed in. A killed one leaves its turn to the next, and forgets. */
export class MemoryServers {
  private turn = 0;
  private home: string | null = null;

  constructor(
    private servers: string[],
    /** True: the client stays with the server that took it first. */
    private readonly sticky = false,
  ) {}

  /** A server that starts, or an updated one: it knows nobody. */
  start(id: string): void {
    this.end(id);
    this.servers.push(id);
  }

  end(id: string): void {
    this.servers = this.servers.filter((other) => other !== id);
    if (this.home === id) this.home = null;
  }

  readonly answer: FakeServer = (_scenario, { path }) => {
    const bound = this.sticky && this.home !== null ? this.home : undefined;
    const servedBy = bound ?? this.servers[this.turn++ % this.servers.length] ?? null;
    if (path.startsWith('/auth/')) {
      this.home = servedBy;
      return { status: path.endsWith('register') ? 201 : 200, servedBy, session: 'memory;written' };
    }
    if (servedBy !== this.home) return { status: 401, code: 'session_unknown', servedBy, session: 'memory;missing' };
    return { status: path === '/todos' ? 200 : 404, servedBy, session: 'memory;read', body: { todos: [] } };
  };
}
