import { AuthModule, authEnv } from '@holdfast/auth';
import { ChatModule, chatEnv, configureChat } from '@holdfast/chat';
import { carryEvents } from '@holdfast/events/nest';
import {
  envPort,
  eventsEnv,
  eventsOptions,
  observe,
  REDIS,
  RedisModule,
  redisEnv,
  type ServiceOptions,
  serviceEnv,
  sessionEnv,
  sessionOptions,
  sessionSecretsEnv,
} from '@holdfast/service';
import { defaultCookieName, secretMistake } from '@holdfast/session';
import { SessionModule, SessionService } from '@holdfast/session/nest';
import { TodoModule, todoEnv } from '@holdfast/todo';
import { Module } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { z } from 'zod';

/** All variables of the three services. Sessions and todos default to server memory: the classic app server. */
export const monolithEnv = z.object({
  ...serviceEnv,
  ...redisEnv,
  ...eventsEnv,
  ...sessionEnv,
  SESSION_SECRETS: sessionSecretsEnv(secretMistake),
  ...authEnv,
  ...todoEnv,
  ...chatEnv,
  PORT: envPort.default(3004),
  SESSION_STORE: sessionEnv.SESSION_STORE.unwrap().default('memory'),
  TODO_STORE: todoEnv.TODO_STORE.unwrap().default('memory'),
});

@Module({})
class MonolithProcess {}

/** Auth, todo and chat in one process, behind one session. */
export function monolithService(config: z.output<typeof monolithEnv>): ServiceOptions {
  const imports = [
    RedisModule.forRoot({ url: config.REDIS_URL }),
    SessionModule.forRootAsync({ inject: [REDIS], useFactory: (redis: Redis) => sessionOptions(config, redis) }),
    AuthModule.forRoot(config),
    TodoModule.forRoot(config),
    ChatModule.forRoot(config),
  ];
  return {
    name: 'monolith',
    config,
    cookieName: defaultCookieName({ secure: config.SESSION_SECURE }),
    module: { module: MonolithProcess, imports },
    async configure(app) {
      configureChat(app);
      const events = await carryEvents(app, app.get(REDIS), { ...eventsOptions(config), group: 'monolith' });
      observe(app, 'events', 'Events of the three services', events, ['lag']);
      observe(app, 'session', 'Shared session', app.get(SessionService), ['heldSessions', 'cachedSessions']);
    },
  };
}
