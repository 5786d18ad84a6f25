import { connectEvents, reportEvents } from '@holdfast/events/nest';
import { RedisStreamsTransport } from '@holdfast/events/redis-streams';
import {
  loadConfig,
  MetricsRegistry,
  REDIS,
  RedisModule,
  redisEnv,
  runService,
  serviceEnv,
  sessionEnv,
  sessionOptions,
} from '@holdfast/service';
import { SessionModule } from '@holdfast/session/nest';
import { Module } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { ChatModule } from './chat.module.js';
import { chatEnv } from './chat-config.js';
import { configureChat } from './configure-chat.js';

const config = loadConfig(z.object({ ...serviceEnv, ...redisEnv, ...sessionEnv, ...chatEnv }), {
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

await runService({
  name: 'chat',
  module: ChatServiceModule,
  config,
  async configure(app) {
    configureChat(app);
    const events = new RedisStreamsTransport(app.get(REDIS), { prefix: config.KEY_PREFIX, report: reportEvents });
    await connectEvents(app, events, 'chat');
    app.get(MetricsRegistry).exposeNumbers('events', 'Events of other services', () => ({ ...events.metrics() }));
  },
});
