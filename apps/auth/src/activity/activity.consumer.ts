import { type AnyEvent, eventTypes } from '@holdfast/events';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ActivityRepository } from './activity.repository.js';

/** Records what users do in every service. An event that is delivered twice makes one entry. */
@Controller()
export class ActivityConsumer {
  constructor(@Inject(ActivityRepository) private readonly activity: ActivityRepository) {}

  @EventPattern(eventTypes)
  async record(@Payload() { id, type, key, occurredAt, data }: AnyEvent): Promise<void> {
    await this.activity.add(key, { id, type, at: occurredAt, data });
  }
}
