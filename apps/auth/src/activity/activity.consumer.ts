import type { EventOf } from '@holdfast/events';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ActivityRepository } from './activity.repository.js';

type FromOthers = EventOf<'todo.added'> | EventOf<'todo.completed'> | EventOf<'message.posted'>;

/** Adds what users did in other services. An event that comes twice is the same entry. */
@Controller()
export class ActivityConsumer {
  constructor(@Inject(ActivityRepository) private readonly activity: ActivityRepository) {}

  @EventPattern(['todo.added', 'todo.completed', 'message.posted'])
  async record(@Payload() { id, type, key, occurredAt, data }: FromOthers): Promise<void> {
    await this.activity.add(key, { id, type, at: occurredAt, data });
  }
}
