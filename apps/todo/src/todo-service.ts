import { carryEvents } from '@holdfast/events/nest';
import { eventsOptions, observe, REDIS, RedisModule, type ServiceOptions, sessionOptions } from '@holdfast/service';
import { defaultCookieName } from '@holdfast/session';
import { SessionModule, SessionService } from '@holdfast/session/nest';
import { Module } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { TodoServiceConfig } from './todo.config.js';
import { TodoModule } from './todo.module.js';

@Module({})
class TodoProcess {}

/** Todo as a process of its own. */
export function todoService(config: TodoServiceConfig): ServiceOptions {
  return {
    name: 'todo',
    config,
    cookieName: defaultCookieName({ secure: config.SESSION_SECURE }),
    module: {
      module: TodoProcess,
      imports: [
        RedisModule.forRoot({ url: config.REDIS_URL }),
        SessionModule.forRootAsync({ inject: [REDIS], useFactory: (redis: Redis) => sessionOptions(config, redis) }),
        TodoModule.forRoot(config),
      ],
    },
    async configure(app) {
      const events = await carryEvents(app, app.get(REDIS), { ...eventsOptions(config), group: 'todo' });
      observe(app, 'events', 'Events of other services', events, ['lag']);
      observe(app, 'session', 'Shared session', app.get(SessionService), ['heldSessions', 'cachedSessions']);
    },
  };
}
