import { Trend } from 'k6/metrics';
import { clearInterval, clearTimeout, setInterval, setTimeout } from 'k6/timers';
import { WebSocket } from 'k6/websockets';
import { type ChatMessage, type JoinedFrame, type ServerFrame, sessionEnded } from './chat-frames.ts';
import { newChatLedger } from './chat-ledger.ts';
import type { LabUser } from './lab-user.ts';
import { pause } from './pause.ts';
import { elapsedMs, chatPlan as plan } from './plan.ts';

/** The time from the first sending of a message to its arrival at each member, times of repeats and of absence included. */
const deliveryTime = new Trend('delivery_time', true);

/** A member tries again after a random part of this, and longer after each failure. */
const shortestSpreadMs = 250;
const longestSpreadMs = 2_000;
/** A message without an answer for this long is said again: its client id makes that safe. */
const answerMs = 3_000;
/** k6 2.2 has no `WebSocket.OPEN`, although its types declare it. */
const open = 1;

/** One user in one room who does all that docs/chat.md asks of a client, and keeps a ledger of every message it was given. */
export class ChatMember {
  readonly ledger;
  private readonly known = new Set<string>();
  private socket: WebSocket | undefined;
  private position: { readonly epoch: string; readonly offset: number } | undefined;
  private saying: { readonly message: string; readonly frame: object; readonly end: () => void } | undefined;
  private isThere = false;
  private hasEnded = false;
  private spreadMs = shortestSpreadMs;

  constructor(
    private readonly user: LabUser,
    private readonly room: string,
  ) {
    this.ledger = newChatLedger(user.ledger.user, room);
  }

  /** Opens the socket and joins; comes back by itself until `end`. */
  connect(): void {
    let opened = false;
    const socket = new WebSocket(`${plan.baseUrl.replace('http', 'ws')}/chat/socket`, null, {
      headers: { Cookie: this.user.cookieHeader(), Origin: plan.baseUrl, 'X-Forwarded-For': this.user.address },
      tags: { name: '/chat/socket' },
    });
    this.socket = socket;
    socket.onopen = () => {
      opened = true;
      if (this.ledger.joins > 0) this.ledger.reconnections++;
      if (this.hasEnded) socket.close();
      else this.join();
    };
    socket.onmessage = (event) => this.receive(JSON.parse(String(event?.data)) as ServerFrame);
    // A `close` event follows.
    socket.onerror = () => undefined;
    // The types do not know that k6 passes an event with the code.
    socket.onclose = (event?: { code?: number }) => this.closed(opened, event?.code);
  }

  /** Resolves once the message is acknowledged, after any number of tries, or when an acknowledgement would no longer count. */
  async say(number: number): Promise<void> {
    const { ledger, room } = this;
    const message = `${ledger.user}:${number}`;
    const frame = { type: 'send', room, text: `${message} ${Date.now()}`, clientId: `${plan.stamp}-${message}` };
    ledger.said++;
    const repeating = setInterval(() => this.sayAgain(), answerMs);
    await new Promise<void>((resolve) => {
      const givingUp = setTimeout(resolve, Math.max(0, plan.answeredUntilMs - elapsedMs()));
      const end = (): void => {
        clearTimeout(givingUp);
        resolve();
      };
      this.saying = { message, frame, end };
      this.sayAgain();
    });
    clearInterval(repeating);
    this.saying = undefined;
  }

  /** Resolves once the newest message that the room keeps has been given to this member, or its patience is over. */
  async untilLevel(): Promise<void> {
    while (!this.isLevel() && elapsedMs() < plan.answeredUntilMs + plan.patienceMs) await pause(250);
  }

  end(): void {
    this.hasEnded = true;
    // A socket that is still connecting is closed when it opens: closed before that, k6 would wait for ever.
    if (this.socket?.readyState === open) this.socket.close();
  }

  private isLevel(): boolean {
    if (!this.isThere) return false;
    const kept = this.user.readRoom(this.room);
    const newest = kept?.at(-1);
    return kept !== undefined && (newest === undefined || this.known.has(newest.id));
  }

  private receive(frame: ServerFrame): void {
    if (frame.type === 'message') {
      this.position = { epoch: frame.epoch, offset: frame.message.offset };
      this.take(frame.epoch, frame.message);
    } else if (frame.type === 'joined') {
      this.enter(frame);
    } else if (frame.type === 'sent') {
      this.acknowledged(frame.clientId);
    } else if (frame.type === 'error') {
      if (frame.code === 'unavailable') this.markAway();
      const again = frame.clientId === undefined ? () => this.join() : () => this.sayAgain();
      setTimeout(again, Math.random() * shortestSpreadMs);
    }
  }

  private enter({ epoch, offset, recovered, messages }: JoinedFrame): void {
    const { ledger } = this;
    ledger.joins++;
    if (this.position !== undefined && recovered) ledger.recovered++;
    if (this.position !== undefined && !recovered) ledger.told++;
    // The messages with `recovered: false` are the recent history, and the member may know some of them.
    for (const message of messages) if (recovered || !this.known.has(message.id)) this.take(epoch, message);
    this.position = { epoch, offset };
    this.isThere = true;
    this.spreadMs = shortestSpreadMs;
    this.markBack();
    this.sayAgain();
  }

  private take(epoch: string, { id, offset, text }: ChatMessage): void {
    const [message = '', saidAtMs] = text.split(' ');
    this.known.add(id);
    const tookMs = Date.now() - Number(saidAtMs);
    this.ledger.given.push({ epoch, offset, message, atMs: elapsedMs(), tookMs });
    deliveryTime.add(tookMs);
  }

  private acknowledged(clientId: string): void {
    const { saying } = this;
    if (saying === undefined || clientId !== `${plan.stamp}-${saying.message}`) return;
    // A later acknowledgement does not count: other members may already have checked that they were given every message.
    if (elapsedMs() < plan.answeredUntilMs) this.ledger.acknowledged.push(saying.message);
    this.markBack();
    saying.end();
  }

  private closed(opened: boolean, code: number | undefined): void {
    this.isThere = false;
    if (this.hasEnded) return;
    this.markAway();
    if (code === sessionEnded) {
      this.user.logIn();
    } else if (!opened) {
      this.ledger.refusals++;
      // The status of a refused upgrade is hidden, as in a browser: ask whether we are still logged in.
      this.user.viewProfile();
      this.user.comeBack();
    }
    setTimeout(() => this.hasEnded || this.connect(), Math.random() * this.spreadMs);
    this.spreadMs = Math.min(longestSpreadMs, this.spreadMs * 2);
  }

  private join(): void {
    this.write({ type: 'join', room: this.room, ...this.position });
  }

  private sayAgain(): void {
    if (this.isThere && this.saying !== undefined) this.write(this.saying.frame);
  }

  private write(frame: object): void {
    if (this.socket?.readyState === open) this.socket.send(JSON.stringify(frame));
  }

  private markAway(): void {
    const last = this.ledger.away.at(-1);
    if (last?.untilMs !== null) this.ledger.away.push({ fromMs: elapsedMs(), untilMs: null });
  }

  private markBack(): void {
    const last = this.ledger.away.at(-1);
    if (this.isThere && last?.untilMs === null) last.untilMs = elapsedMs();
  }
}
