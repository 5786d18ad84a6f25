import { setTimeout as delay } from 'node:timers/promises';
import { Channel } from './channel.js';
import { Records } from './records.js';

export interface ClientsLoad {
  /** Clients that each send one request after the other, with a pause between. */
  readonly clients?: number;
  readonly thinkMs?: number;
  /** Requests that come whether or not earlier ones were answered, instead of `clients`. */
  readonly perSecond?: number;
  /** Default a quarter. */
  readonly postShare?: number;
  /** Requests are of one of so many users, who keep their cookie; a part of all is of the first user. */
  readonly users?: number;
  readonly hotShare?: number;
  /** A client gives up after this. Default 10 000. */
  readonly timeoutMs?: number;
}

let names = 0;

/** Clients that keep a connection each and record every request. Like any HTTP client they repeat a GET once whose kept connection was gone. */
export class Clients {
  private readonly records = new Records();
  private readonly cookies = new Map<number, string>();
  private readonly done: Promise<unknown>;
  private hasEnded = false;

  constructor(
    /** Of the load balancers; each client asks them in turn. */
    private readonly ports: readonly number[],
    private readonly load: ClientsLoad,
  ) {
    const { clients = 16, perSecond } = load;
    this.done =
      perSecond === undefined
        ? Promise.all(Array.from({ length: clients }, () => this.closedLoop()))
        : this.openLoop(perSecond);
  }

  /** Resolves when the last requests are answered. */
  async end(): Promise<Records> {
    this.hasEnded = true;
    await this.done;
    return this.records;
  }

  /** Used by what ends everything early. */
  stop(): Promise<Records> {
    return this.end();
  }

  private async closedLoop(): Promise<void> {
    const { thinkMs = 4 } = this.load;
    const channels = this.ports.map((port) => new Channel(port));
    for (let n = 0; !this.hasEnded; n++) {
      const status = await this.once(channels[n % channels.length] as Channel);
      // A refused client does not hammer: it comes back a little later, as browsers do.
      const restMs = thinkMs * (0.5 + Math.random()) + (status <= 0 ? 10 : 0);
      if (restMs > 0) await delay(restMs);
    }
    for (const channel of channels) channel.close();
  }

  private async openLoop(perSecond: number): Promise<void> {
    const resting: Channel[] = [];
    const underWay = new Set<Promise<void>>();
    const startedAt = performance.now();
    for (let sent = 0; !this.hasEnded; ) {
      const due = ((performance.now() - startedAt) / 1_000) * perSecond;
      for (; sent < due; sent++) {
        const channel = resting.pop() ?? new Channel(this.ports[sent % this.ports.length] ?? 0);
        const answered: Promise<void> = this.once(channel).then(() => {
          resting.push(channel);
          underWay.delete(answered);
        });
        underWay.add(answered);
      }
      await delay(2);
    }
    await Promise.all(underWay);
    for (const channel of resting) channel.close();
  }

  private async once(channel: Channel): Promise<number> {
    const { postShare = 0.25, users = 0, hotShare = 0, timeoutMs = 10_000 } = this.load;
    const isPost = Math.random() < postShare;
    const user = users === 0 || Math.random() < hotShare ? 0 : Math.floor(Math.random() * users);
    const name = `r-${names++}`;
    const cookie = this.cookies.get(user);
    const request = [
      `${isPost ? 'POST' : 'GET'} /work HTTP/1.1\r\nHost: bench.localhost\r\nX-Request: ${name}\r\nX-User: u-${user}\r\n`,
      ...(cookie === undefined ? [] : [`Cookie: ${cookie}\r\n`]),
      isPost ? 'Content-Length: 4\r\n\r\nbody' : '\r\n',
    ].join('');
    const startedAt = performance.now();
    let answer = await channel.ask(request, timeoutMs);
    if (answer.stale && !isPost) answer = await channel.ask(request, timeoutMs);
    if (users > 0 && answer.cookie !== undefined) this.cookies.set(user, answer.cookie);
    const { status, instance } = answer;
    this.records.all.push({ startedAt, endedAt: performance.now(), isPost, status, instance, user, name });
    return status;
  }
}
