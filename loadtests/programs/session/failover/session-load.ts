import { createSessions, type Sessions } from '@holdfast/session';
import type { Cluster, Redis } from 'ioredis';
import { exchange } from '../exchange.js';
import type { Topology } from './topology.js';

const SECRET = 'a-secret-for-benchmarks-only';
/** Connections that log users in: one with WAIT serves one login at a time. */
const DOORS = 24;
const LOGINS_PER_SECOND = 120;
const WRITES_PER_SECOND = 600;
/** Sessions that are written to all the time. */
const WRITTEN = 200;

/** A login that was answered with success. */
export interface Login {
  readonly cookie: string;
  readonly ms: number;
}

/** A session that is written to. */
interface Written {
  readonly cookie: string;
  busy: boolean;
}

interface Door {
  readonly client: Redis | Cluster;
  readonly sessions: Sessions;
}

/** Logs users in and writes to sessions, at a steady rate, and remembers what was acknowledged. */
export class SessionLoad {
  readonly logins: Login[] = [];
  writes = 0;
  /** Times of logins and writes that were not acknowledged. */
  readonly failedMs: number[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly open = new Set<Promise<void>>();
  private startedMs = 0;
  private readonly free: Door[];
  private readonly written: Written[] = [];
  private users = 0;
  private next = 0;

  private constructor(
    private readonly topology: Topology,
    private readonly doors: readonly Door[],
    private readonly writer: Door,
    private readonly waits: boolean,
  ) {
    this.free = [...doors];
  }

  static async prepare(topology: Topology, waits: boolean): Promise<SessionLoad> {
    const open = async (): Promise<Door> => {
      const client = await topology.connect();
      return { client, sessions: createSessions({ store: 'redis', secrets: [SECRET], redis: client }) };
    };
    const doors = await Promise.all(Array.from({ length: DOORS }, open));
    const load = new SessionLoad(topology, doors, await open(), waits);
    // A client of a Cluster connects to a node when it first asks it.
    if (waits) await Promise.all(doors.map(({ client }) => topology.watchCopies(client)()));
    for (let n = 0; n < WRITTEN; n++) {
      const cookie = await logIn(load.writer.sessions, `writer-${n}`);
      if (cookie !== undefined) load.written.push({ cookie, busy: false });
    }
    return load;
  }

  start(): void {
    this.startedMs = performance.now();
    this.every(LOGINS_PER_SECOND, () => this.logInOne());
    this.every(WRITES_PER_SECOND, () => this.writeOne());
  }

  nowMs(): number {
    return performance.now() - this.startedMs;
  }

  /** Begins nothing more; resolves when all that was begun has ended. */
  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.open);
  }

  async close(): Promise<void> {
    for (const { sessions, client } of [...this.doors, this.writer]) {
      await sessions.close();
      client.disconnect();
    }
  }

  /** Does it so many times a second, also when timers are late. */
  private every(perSecond: number, act: () => Promise<void> | undefined): void {
    let begun = 0;
    const timer = setInterval(() => {
      const due = (this.nowMs() / 1000) * perSecond;
      for (; begun < due; begun++) {
        const done = act()?.finally(() => this.open.delete(done as Promise<void>));
        if (done !== undefined) this.open.add(done);
      }
    }, 5);
    this.timers.push(timer);
  }

  private logInOne(): Promise<void> | undefined {
    const door = this.free.pop();
    // All are busy: as a server that takes no more.
    if (door === undefined) {
      this.failedMs.push(this.nowMs());
      return undefined;
    }
    return this.logInAt(door).finally(() => this.free.push(door));
  }

  private async logInAt({ client, sessions }: Door): Promise<void> {
    const isCopied = this.waits ? this.topology.watchCopies(client) : async () => true;
    const cookie = await logIn(sessions, `user-${this.users++}`);
    const copied = await isCopied().catch(() => false);
    const ms = this.nowMs();
    if (cookie === undefined || !copied) this.failedMs.push(ms);
    else this.logins.push({ cookie, ms });
  }

  private writeOne(): Promise<void> | undefined {
    const session = this.written[this.next++ % this.written.length];
    if (session === undefined || session.busy) return undefined;
    session.busy = true;
    return this.write(session).finally(() => {
      session.busy = false;
    });
  }

  private async write({ cookie }: Written): Promise<void> {
    const { status } = await exchange(this.writer.sessions.middleware, cookie, (req) => {
      (req.session as unknown as Record<string, unknown>).value = this.writes;
    });
    if (status === 200) this.writes++;
    else this.failedMs.push(this.nowMs());
  }
}

async function logIn(sessions: Sessions, id: string): Promise<string | undefined> {
  const { status, cookie } = await exchange(sessions.middleware, undefined, (req) =>
    sessions.login(req, { id, name: id }),
  );
  return status === 200 ? cookie : undefined;
}
