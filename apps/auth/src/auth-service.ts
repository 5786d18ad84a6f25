import { carryEvents } from '@holdfast/events/nest';
import { eventsOptions, observe, REDIS, RedisModule, type ServiceOptions, sessionOptions } from '@holdfast/service';
import { defaultCookieName } from '@holdfast/session';
import { SessionModule, SessionService } from '@holdfast/session/nest';
import { Module } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { AuthServiceConfig } from './auth.config.js';
import { AuthModule } from './auth.module.js';

@Module({})
class AuthProcess {}

/** Auth as a process of its own. */
export function authService(config: AuthServiceConfig): ServiceOptions {
  return {
    name: 'auth',
    config,
    cookieName: defaultCookieName({ secure: config.SESSION_SECURE }),
    module: {
      module: AuthProcess,
      imports: [
        RedisModule.forRoot({ url: config.REDIS_URL }),
        SessionModule.forRootAsync({ inject: [REDIS], useFactory: (redis: Redis) => sessionOptions(config, redis) }),
        AuthModule.forRoot(config),
      ],
    },
    async configure(app) {
      const events = await carryEvents(app, app.get(REDIS), { ...eventsOptions(config), group: 'auth' });
      observe(app, 'events', 'Events of other services', events, ['lag']);
      observe(app, 'session', 'Shared session', app.get(SessionService), ['heldSessions', 'cachedSessions']);
    },
  };
}
