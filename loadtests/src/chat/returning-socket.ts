import { WebSocket } from 'ws';
import { z } from 'zod';

/** A socket tries again after a random part of this, and longer after each failure. */
const SHORTEST_SPREAD_MS = 250;
const LONGEST_SPREAD_MS = 2_000;

const frameSchema = z.union([
  z.object({ type: z.literal('joined'), epoch: z.string(), offset: z.number(), recovered: z.boolean() }),
  z.object({ type: z.literal('error') }),
  z.object({ type: z.string() }),
]);

export interface SocketPlan {
  readonly urls: readonly string[];
  readonly cookie: string;
  /** The room that it joins; without one it only connects. */
  readonly room: string | undefined;
}

/** A socket of the chat that comes back by itself as docs/chat.md asks of a client, at first to the first server. */
export class ReturningSocket {
  /** The times at which it was connected, and in its room if it has one, by `performance.now()`. */
  readonly arrivals: number[] = [];
  /** Upgrades that the server refused. */
  refusals = 0;
  /** Times that it was told of a possible hole when it came back. */
  told = 0;
  private position: { readonly epoch: string; readonly offset: number } | undefined;
  private spreadMs = SHORTEST_SPREAD_MS;
  private hasEnded = false;
  private socket: WebSocket | undefined;

  constructor(private readonly plan: SocketPlan) {
    this.connect(plan.urls[0] ?? '');
  }

  end(): void {
    this.hasEnded = true;
    this.socket?.terminate();
  }

  private connect(url: string): void {
    if (this.hasEnded) return;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/chat/socket`, {
      ...{ headers: { cookie: this.plan.cookie }, origin: url, perMessageDeflate: false },
    });
    this.socket = socket;
    socket.on('open', () => {
      this.spreadMs = SHORTEST_SPREAD_MS;
      if (this.plan.room === undefined) this.arrivals.push(performance.now());
      else this.join();
    });
    socket.on('message', (data) => this.receive(frameSchema.parse(JSON.parse(String(data)))));
    socket.on('unexpected-response', () => {
      this.refusals++;
      socket.terminate();
    });
    // `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const { urls } = this.plan;
      const next = urls[Math.floor(Math.random() * urls.length)] ?? '';
      setTimeout(() => this.connect(next), Math.random() * this.spreadMs);
      this.spreadMs = Math.min(LONGEST_SPREAD_MS, this.spreadMs * 2);
    });
  }

  private join(): void {
    const { room } = this.plan;
    if (this.socket?.readyState === WebSocket.OPEN)
      this.socket.send(JSON.stringify({ type: 'join', room, ...this.position }));
  }

  private receive(frame: z.infer<typeof frameSchema>): void {
    if (frame.type === 'error') setTimeout(() => this.join(), Math.random() * SHORTEST_SPREAD_MS);
    if (!('epoch' in frame)) return;
    if (this.position !== undefined && !frame.recovered) this.told++;
    this.position = { epoch: frame.epoch, offset: frame.offset };
    this.arrivals.push(performance.now());
  }
}
