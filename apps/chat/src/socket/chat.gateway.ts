import type { IncomingMessage } from 'node:http';
import { type ClientFrame, chatCloseCodes } from '@holdfast/contracts';
import { newEvent } from '@holdfast/events';
import { isRedisUnavailable, requestIdOf } from '@holdfast/service';
import { SessionService } from '@holdfast/session/nest';
import { Inject, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import { CHAT_CONFIG, type ChatConfig } from '../chat-config.js';
import { ChatCounts } from '../chat-counts.js';
import { RENEW_EVERY_MS, RETRY_RENEWAL_MS } from '../presence/presence.js';
import { RoomHub } from '../room/room-hub.js';
import type { PageBounds, RoomLog } from '../room/room-log.js';
import { ROOM_LOG } from '../room/room-log.token.js';
import { ChatSocket, type FrameSubject } from './chat-socket.js';
import { type InvalidFrame, sessionOf } from './session-ws.adapter.js';
import { Users } from './users.js';

const PING_EVERY_MS = 20_000;
const MOST_ROOMS = 50;

type JoinFrame = Extract<ClientFrame, { type: 'join' }>;
type SendFrame = Extract<ClientFrame, { type: 'send' }>;
type LeaveFrame = Extract<ClientFrame, { type: 'leave' }>;
type HistoryFrame = Extract<ClientFrame, { type: 'history' }>;

interface Connected {
  readonly chat: ChatSocket;
  readonly unwatch: () => void;
  /** Of the upgrade. */
  readonly requestId: string;
}

/** Serves `GET /chat/socket`: handles the frames, with one `ChatSocket` per connection. */
@WebSocketGateway({ path: '/chat/socket' })
export class ChatGateway implements OnGatewayConnection, OnGatewayDisconnect, OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('chat');
  private readonly sockets = new Map<WebSocket, Connected>();
  private readonly timers: NodeJS.Timeout[] = [];
  private refreshTimer: NodeJS.Timeout | undefined;
  private closing = false;

  constructor(
    @Inject(RoomHub) private readonly hub: RoomHub,
    @Inject(ROOM_LOG) private readonly log: RoomLog,
    @Inject(SessionService) private readonly sessions: SessionService,
    @Inject(CHAT_CONFIG) private readonly config: ChatConfig,
    @Inject(ChatCounts) private readonly counts: ChatCounts,
    @Inject(Users) private readonly users: Users,
  ) {}

  onModuleInit(): void {
    this.refreshIn(RENEW_EVERY_MS);
    const ping = (): void => {
      for (const { chat } of this.sockets.values()) chat.ping();
      this.users.forget();
    };
    this.timers.push(setInterval(ping, PING_EVERY_MS));
  }

  /** Schedules the next refresh. After a failed one it comes sooner, so that leases are renewed soon after an outage. */
  private refreshIn(delayMs: number): void {
    this.refreshTimer = setTimeout(async () => {
      const allReached = await this.hub.refresh();
      if (!this.closing) this.refreshIn(allReached ? RENEW_EVERY_MS : RETRY_RENEWAL_MS);
    }, delayMs);
  }

  handleConnection(socket: WebSocket, request: IncomingMessage): void {
    const session = sessionOf(request);
    if (session === undefined || this.closing) {
      socket.terminate();
      return;
    }
    const rate = this.users.enter(session.user.id);
    if (rate === undefined) {
      socket.close(chatCloseCodes.tooManySockets, `more than ${this.config.CHAT_SOCKETS_PER_USER} sockets of one user`);
      return;
    }
    const chat = new ChatSocket(socket, session, rate, this.counts, request.socket);
    const unwatch = this.sessions.watch(session, (reason) => chat.close(chatCloseCodes.sessionEnded, reason));
    this.sockets.set(socket, { chat, unwatch, requestId: requestIdOf(request.headers['x-request-id']) });
    this.counts.sockets = this.sockets.size;
  }

  async handleDisconnect(socket: WebSocket): Promise<void> {
    const entry = this.sockets.get(socket);
    if (entry === undefined) return;
    this.sockets.delete(socket);
    this.counts.sockets = this.sockets.size;
    this.users.leave(entry.chat.session.user.id);
    entry.unwatch();
    await this.hub.leave(entry.chat).catch((error: unknown) => this.report(error));
  }

  @SubscribeMessage('join')
  async join(@ConnectedSocket() socket: WebSocket, @MessageBody() { room, epoch, offset }: JoinFrame): Promise<void> {
    const chat = this.admitted(socket, { room });
    if (chat === undefined) return;
    if (!chat.asked.has(room) && chat.asked.size >= MOST_ROOMS) {
      const detail = `This socket is in ${MOST_ROOMS} rooms, the most it may join: leave one or use another socket.`;
      return chat.send({ type: 'error', code: 'too_many_rooms', detail, room });
    }
    chat.asked.add(room);
    const seen = epoch === undefined ? undefined : { epoch, offset: offset ?? 0 };
    await chat.inTurn(() => this.hub.join(chat, room, seen).catch((error) => this.refuse(chat, error, { room })));
    // If the socket closed during the join, its disconnect came before there was a room to leave.
    if (!this.sockets.has(socket)) await this.hub.leave(chat);
  }

  @SubscribeMessage('leave')
  async leave(@ConnectedSocket() socket: WebSocket, @MessageBody() { room }: LeaveFrame): Promise<void> {
    const chat = this.admitted(socket, { room });
    chat?.asked.delete(room);
    await chat?.inTurn(async () => {
      await this.hub.leaveRoom(chat, room);
      chat.send({ type: 'left', room });
    });
  }

  @SubscribeMessage('history')
  async history(
    @ConnectedSocket() socket: WebSocket,
    @MessageBody() { room, after, ...bounds }: HistoryFrame,
  ): Promise<void> {
    const chat = this.admitted(socket, { room });
    await chat?.inTurn(() => this.readPage(chat, room, after, bounds));
  }

  private async readPage(chat: ChatSocket, room: string, after?: number, bounds?: PageBounds): Promise<void> {
    if (!chat.seen.has(room)) return refuseStranger(chat, { room });
    try {
      const { messages, ...history } = await this.log.history(room, after, bounds);
      chat.send({ type: 'history', room, ...history, messages: [...messages] });
    } catch (error) {
      this.refuse(chat, error, { room });
    }
  }

  @SubscribeMessage('send')
  async send(@ConnectedSocket() socket: WebSocket, @MessageBody() { room, text, clientId }: SendFrame): Promise<void> {
    const chat = this.admitted(socket, { room, clientId });
    const requestId = this.sockets.get(socket)?.requestId;
    await chat?.inTurn(() => this.append(chat, { type: 'send', room, text, clientId }, requestId));
  }

  /** `requestId`: of the upgrade, the one request that a socket makes. */
  private async append(
    chat: ChatSocket,
    { room, text, clientId }: SendFrame,
    requestId: string | undefined,
  ): Promise<void> {
    if (!chat.seen.has(room)) return refuseStranger(chat, { room, clientId });
    const { id: userId, name: from } = chat.session.user;
    try {
      const posted = newEvent('message.posted', { key: userId, data: { room }, requestId });
      const { offset } = await this.log.append(room, { userId, from, text, clientId, posted });
      this.counts.sent++;
      chat.send({ type: 'sent', clientId, offset });
      void this.sessions.touch(chat.session).catch(() => undefined);
    } catch (error) {
      this.refuse(chat, error, { room, clientId });
    }
  }

  @SubscribeMessage('invalid')
  invalid(@ConnectedSocket() socket: WebSocket, @MessageBody() { detail, about }: InvalidFrame): void {
    this.admitted(socket, about)?.send({ type: 'error', code: 'invalid_frame', detail, ...about });
  }

  /** Closes every socket with 1012, spread over a window, and waits until all are closed. */
  async onModuleDestroy(): Promise<void> {
    this.closing = true;
    for (const timer of this.timers) clearInterval(timer);
    clearTimeout(this.refreshTimer);
    const closed = [...this.sockets.entries()].map(
      ([socket, { chat }]) =>
        new Promise<void>((resolve) => {
          socket.once('close', () => resolve());
          const delayMs = Math.random() * this.config.CHAT_CLOSE_SPREAD_MS;
          setTimeout(() => chat.close(chatCloseCodes.restart, 'restart'), delayMs);
          setTimeout(() => chat.terminate(), this.config.CHAT_CLOSE_SPREAD_MS + 1_000).unref();
        }),
    );
    await Promise.all(closed);
  }

  private admitted(socket: WebSocket, about: FrameSubject): ChatSocket | undefined {
    const chat = this.sockets.get(socket)?.chat;
    if (chat === undefined) return undefined;
    const isAdmitted = chat.admit(about);
    this.users.share(chat.session.user.id);
    return isAdmitted ? chat : undefined;
  }

  private refuse(chat: ChatSocket, error: unknown, about: FrameSubject): void {
    if (!isRedisUnavailable(error)) this.report(error);
    chat.send({
      type: 'error',
      code: 'unavailable',
      detail: 'The server could not handle this frame: send it again in a moment.',
      ...about,
    });
  }

  private report(error: unknown): void {
    this.logger.error(error instanceof Error ? error.message : String(error));
  }
}

function refuseStranger(chat: ChatSocket, about: FrameSubject & { readonly room: string }): void {
  chat.send({ type: 'error', code: 'not_joined', detail: `Join ${about.room} first.`, ...about });
}
