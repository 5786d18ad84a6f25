import { Outbox } from '@holdfast/events';
import { MetricsRegistry, REDIS } from '@holdfast/service';
import { type DynamicModule, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { TodoAnnouncements } from './announcements/todo-announcements.consumer.js';
import { openChannels } from './channels/open-channels.js';
import { CHAT_CONFIG, type ChatConfig } from './chat-config.js';
import { ChatCounts } from './chat-counts.js';
import { Presence } from './presence/presence.js';
import { RedisRoomLog } from './room/redis-room-log.js';
import { RoomEvents } from './room/room-events.js';
import { RoomHub } from './room/room-hub.js';
import type { RoomLog } from './room/room-log.js';
import { ROOM_LOG } from './room/room-log.token.js';
import { RoomsController } from './room/rooms.controller.js';
import { ChatGateway } from './socket/chat.gateway.js';
import { RedisFrameCounts } from './socket/frame-counts.js';
import { SocketPathController } from './socket/socket-path.controller.js';
import { Users } from './socket/users.js';

/**
 * Chat rooms. It expects the session module and `REDIS` to be global, and `SessionWsAdapter` to be the application's WebSocket
 * adapter (`configureChat`).
 */
@Module({})
export class ChatModule implements OnApplicationShutdown {
  constructor(
    @Inject(RoomEvents) private readonly events: RoomEvents,
    @Inject(ChatCounts) counts: ChatCounts,
    @Inject(MetricsRegistry) metrics: MetricsRegistry,
  ) {
    metrics.exposeNumbers('chat', 'Chat on this instance', () => ({ ...counts }), ['sockets', 'rooms']);
  }

  static forRoot(config: ChatConfig): DynamicModule {
    const logger = new Logger('chat');
    const report = (error: unknown): void => logger.error(error instanceof Error ? error.message : String(error));
    return {
      module: ChatModule,
      controllers: [RoomsController, SocketPathController, TodoAnnouncements],
      providers: [
        { provide: CHAT_CONFIG, useValue: config },
        {
          provide: ROOM_LOG,
          inject: [REDIS],
          useFactory: (redis: Redis) => new RedisRoomLog(redis, config.KEY_PREFIX, config.CHAT_HISTORY_LENGTH),
        },
        { provide: Presence, inject: [REDIS], useFactory: (redis: Redis) => new Presence(redis, config.KEY_PREFIX) },
        {
          provide: RoomEvents,
          inject: [REDIS],
          useFactory: (redis: Redis) => new RoomEvents(openChannels(redis), new Outbox(redis, config.KEY_PREFIX)),
        },
        {
          provide: RoomHub,
          inject: [ROOM_LOG, RoomEvents, Presence, ChatCounts],
          useFactory: (log: RoomLog, events: RoomEvents, presence: Presence, counts: ChatCounts) =>
            new RoomHub(log, events, presence, { report, counts }),
        },
        {
          provide: Users,
          inject: [REDIS],
          useFactory: (redis: Redis) =>
            new Users({
              framesPerMinute: config.CHAT_MESSAGES_PER_MINUTE,
              mostSockets: config.CHAT_SOCKETS_PER_USER,
              counts: new RedisFrameCounts(redis, config.KEY_PREFIX, config.CHAT_MESSAGES_PER_MINUTE),
            }),
        },
        ChatCounts,
        ChatGateway,
      ],
    };
  }

  onApplicationShutdown(): void {
    this.events.close();
  }
}
