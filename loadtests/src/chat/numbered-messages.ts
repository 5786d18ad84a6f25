import { once } from 'node:events';
import { WebSocket } from 'ws';

const MARK = /number-(\d+);/g;

export const numbered = (n: number): string => `number-${n};`;

/** The numbers of all messages in a text. */
export function numbersIn(text: string): number[] {
  return [...text.matchAll(MARK)].map(([, n]) => Number(n));
}

/** A member of a chat room who keeps the numbers of all messages that it was given. */
export class NumberedMember {
  readonly given = new Set<number>();
  /** The numbers that the server acknowledged to it. */
  readonly acknowledged = new Set<number>();

  private constructor(
    private readonly socket: WebSocket,
    private readonly room: string,
  ) {}

  /** Resolves when it is in the room. */
  static async join(url: string, cookie: string, room: string): Promise<NumberedMember> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/chat/socket`, { headers: { cookie }, origin: url });
    await once(socket, 'open');
    // Without a listener a server that dies would end the whole comparison; `close` follows.
    socket.on('error', () => undefined);
    const member = new NumberedMember(socket, room);
    try {
      await new Promise<void>((joined, refused) => {
        socket.on('close', () => refused(new Error(`the socket was closed before it was in ${room}`)));
        socket.on('message', (data) => {
          const text = String(data);
          if (text.includes('"type":"error"')) refused(new Error(`the chat refused a join of ${room}: ${text}`));
          member.receive(text, joined);
        });
        socket.send(JSON.stringify({ type: 'join', room }));
      });
      return member;
    } catch (error) {
      member.stop();
      throw error;
    }
  }

  say(n: number): void {
    this.socket.send(JSON.stringify({ type: 'send', room: this.room, text: numbered(n), clientId: numbered(n) }));
  }

  stop(): void {
    this.socket.terminate();
  }

  private receive(text: string, joined: () => void): void {
    if (text.includes('"type":"joined"')) joined();
    const kept = text.includes('"type":"sent"') ? this.acknowledged : this.given;
    for (const n of numbersIn(text)) kept.add(n);
  }
}
