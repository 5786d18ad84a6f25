import { type ServerFrame, serverFrameSchema } from '@holdfast/contracts';
import { chatSocketUrl } from '../../place.js';

const ROOM = 'story';
const WAIT_MS = 5_000;

/** Chat sockets of one browser in the room `story`: the first speaks, the last listens. */
export class ChatPair {
  private sockets: WebSocket[] = [];

  /** Opens one more socket and joins the room. Resolves to 0 once the server has said `joined`, to null if it does not. */
  async open(): Promise<number | null> {
    const socket = new WebSocket(chatSocketUrl(window.location));
    this.sockets.push(socket);
    const joined = heard(socket, (frame) => frame.type === 'joined');
    socket.addEventListener('open', () => socket.send(JSON.stringify({ type: 'join', room: ROOM })));
    return (await joined) ? 0 : null;
  }

  /** Says it on the first socket; resolves to the milliseconds until the last one hears it, to null if it does not. */
  async say(text: string): Promise<number | null> {
    const [speaker] = this.sockets;
    const listener = this.sockets.at(-1);
    if (speaker?.readyState !== WebSocket.OPEN || listener === undefined || listener === speaker) return null;
    const arrived = heard(listener, (frame) => frame.type === 'message' && frame.message.text === text);
    const sentAt = performance.now();
    speaker.send(JSON.stringify({ type: 'send', room: ROOM, text, clientId: crypto.randomUUID() }));
    return (await arrived) ? performance.now() - sentAt : null;
  }

  /** Closes every socket. */
  hangUp(): number {
    for (const socket of this.sockets) socket.close(1000);
    this.sockets = [];
    return 0;
  }
}

function heard(socket: WebSocket, test: (frame: ServerFrame) => boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (result: boolean) => {
      clearTimeout(timer);
      socket.removeEventListener('message', listener);
      resolve(result);
    };
    const listener = ({ data }: MessageEvent) => {
      const frame = serverFrameSchema.safeParse(parseJson(String(data))).data;
      if (frame !== undefined && test(frame)) settle(true);
    };
    const timer = setTimeout(() => settle(false), WAIT_MS);
    socket.addEventListener('message', listener);
    socket.addEventListener('close', () => settle(false));
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
