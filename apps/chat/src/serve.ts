import { carryEvents } from '@holdfast/events/nest';
import {
  eventsEnv,
  eventsOptions,
  loadConfig,
  observe,
  REDIS,
  RedisModule,
  type RunningService,
  redisEnv,
  runService,
  serviceEnv,
  sessionEnv,
  sessionOptions,
  sessionSecretsEnv,
} from '@holdfast/service';
import { defaultCookieName, secretMistake } from '@holdfast/session';
import { SessionModule, SessionService } from '@holdfast/session/nest';
import { Module } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { ChatModule } from './chat.module.js';
import { chatEnv } from './chat-config.js';
import { configureChat } from './configure-chat.js';

const schema = z.object({
  ...serviceEnv,
  ...redisEnv,
  ...eventsEnv,
  ...sessionEnv,
  SESSION_SECRETS: sessionSecretsEnv(secretMistake),
  ...chatEnv,
});
const config = loadConfig(schema, {
  ...process.env,
  PORT: process.env.PORT ?? '3003',
});

@Module({
  imports: [
    RedisModule.forRoot({ url: config.REDIS_URL }),
    SessionModule.forRootAsync({ inject: [REDIS], useFactory: (redis: Redis) => sessionOptions(config, redis) }),
    ChatModule.forRoot(config),
  ],
})
class ChatServiceModule {}

/** Starts the service; a failed start ends the process. */
export function serve(): Promise<RunningService> {
  return runService({
    name: 'chat',
    module: ChatServiceModule,
    config,
    cookieName: defaultCookieName({ secure: config.SESSION_SECURE }),
    async configure(app) {
      configureChat(app);
      const events = await carryEvents(app, app.get(REDIS), { ...eventsOptions(config), group: 'chat' });
      observe(app, 'events', 'Events of other services', events, ['lag']);
      observe(app, 'session', 'Shared session', app.get(SessionService), ['heldSessions', 'cachedSessions']);
    },
  });
}
