import { connectEvents, reportEvents } from '@holdfast/events/nest';
import { RedisStreamsTransport } from '@holdfast/events/redis-streams';
import { MetricsRegistry, REDIS, RedisModule, type ServiceOptions, sessionOptions } from '@holdfast/service';
import { SessionModule } from '@holdfast/session/nest';
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
    module: {
      module: AuthProcess,
      imports: [
        RedisModule.forRoot({ url: config.REDIS_URL }),
        SessionModule.forRootAsync({ inject: [REDIS], useFactory: (redis: Redis) => sessionOptions(config, redis) }),
        AuthModule.forRoot(config),
      ],
    },
    async configure(app) {
      const events = new RedisStreamsTransport(app.get(REDIS), { prefix: config.KEY_PREFIX, report: reportEvents });
      await connectEvents(app, events, 'auth');
      app.get(MetricsRegistry).exposeNumbers('events', 'Events of other services', () => ({ ...events.metrics() }));
    },
  };
}
