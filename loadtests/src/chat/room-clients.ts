import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { percentile } from '../measures/window.js';
import { within } from '../systems/within.js';
import type { ChatKind } from './chat-servers.js';

const MARK = 'sent-at:';
const CONNECT_AT_ONCE = 32;
/** How long the last messages may take. */
const ARRIVE_MS = 5_000;

/** How a client speaks with each kind of server. */
interface Language {
  readonly path: string;
  /** What it sends first; it joins when that is answered, or at once where it sends nothing. */
  readonly hello: string;
  frame(type: string, body: object): string;
  readonly joined: string;
}

const LANGUAGES: Readonly<Record<ChatKind, Language>> = {
  chat: {
    ...{ path: '/chat/socket', hello: '', joined: '"type":"joined"' },
    frame: (type, body) => JSON.stringify({ type, ...body }),
  },
  socketIo: {
    ...{ path: '/socket.io/?EIO=4&transport=websocket', hello: '40', joined: '["joined"' },
    frame: (type, body) => `42${JSON.stringify([type, body])}`,
  },
};

/** Messages a second, each room in turn, or a number of messages that are undelivered at all times. */
export type Pace = { readonly perSecond: number } | { readonly underWay: number };

export interface Talk {
  /** Deliveries due: messages said, each to every member. */
  readonly expected: number;
  readonly delivered: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** All members of all rooms of a fan-out. */
export class RoomClients {
  private readonly language: Language;
  private readonly rooms: WebSocket[][];
  private delivered = 0;
  private latencies: number[] = [];

  constructor(
    kind: ChatKind,
    roomCount: number,
    private readonly members: number,
  ) {
    this.language = LANGUAGES[kind];
    this.rooms = Array.from({ length: roomCount }, () => []);
  }

  /** Resolves when every member is in its room; they are spread over servers and users. */
  async connect(urls: readonly string[], cookies: readonly string[]): Promise<void> {
    const queue = Array.from({ length: this.rooms.length * this.members }, (_, n) => n).values();
    const open = async (): Promise<void> => {
      for (const n of queue) await this.connectOne(n, urls[n % urls.length] ?? '', cookies[n % cookies.length] ?? '');
    };
    await Promise.all(Array.from({ length: CONNECT_AT_ONCE }, open));
  }

  /** Members talk in turn; resolves when every message has arrived, or is overdue. */
  async talk(pace: Pace, seconds: number): Promise<Talk> {
    this.delivered = 0;
    this.latencies = [];
    const startedAt = performance.now();
    const elapsed = (): number => (performance.now() - startedAt) / 1_000;
    let said = 0;
    while (elapsed() < seconds) {
      const due =
        'perSecond' in pace
          ? Math.floor(elapsed() * pace.perSecond)
          : pace.underWay + Math.floor(this.delivered / this.members);
      for (; said < due; said++) this.say(said, startedAt);
      await delay('perSecond' in pace ? 2 : 0);
    }
    const inTime = this.delivered;
    const expected = said * this.members;
    await within(ARRIVE_MS, () => this.delivered >= expected);
    const sorted = this.latencies.sort((a, b) => a - b);
    return {
      ...{ expected, delivered: this.delivered, perSecond: inTime / seconds },
      ...{ p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) },
    };
  }

  end(): void {
    for (const socket of this.rooms.flat()) socket.terminate();
  }

  private say(number: number, startedAt: number): void {
    const at = number % this.rooms.length;
    const room = this.rooms[at] ?? [];
    const text = `${MARK}${performance.now().toFixed(3)} ${'x'.repeat(60)}`;
    const body = { room: `room-${at}`, text, clientId: `c-${startedAt}-${number}` };
    room[Math.floor(number / this.rooms.length) % room.length]?.send(this.language.frame('send', body));
  }

  private async connectOne(n: number, url: string, cookie: string): Promise<void> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${this.language.path}`, {
      ...{ headers: { cookie }, origin: url, skipUTF8Validation: true, perMessageDeflate: false },
    });
    await once(socket, 'open');
    const at = n % this.rooms.length;
    const { hello, frame } = this.language;
    await new Promise<void>((joined) => {
      socket.on('message', (data: Buffer) => this.receive(socket, data, `room-${at}`, joined));
      socket.send(hello === '' ? frame('join', { room: `room-${at}` }) : hello);
    });
    this.rooms[at]?.push(socket);
  }

  private receive(socket: WebSocket, data: Buffer, room: string, joined: () => void): void {
    const at = data.indexOf(MARK);
    if (at !== -1) {
      this.delivered++;
      this.latencies.push(
        performance.now() - Number.parseFloat(data.toString('latin1', at + MARK.length, at + MARK.length + 24)),
      );
      return;
    }
    const text = data.toString();
    if (text === '2') socket.send('3');
    else if (text.startsWith('40')) socket.send(this.language.frame('join', { room }));
    else if (text.includes(this.language.joined)) joined();
  }
}
