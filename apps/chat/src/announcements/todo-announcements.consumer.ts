import type { EventOf } from '@holdfast/events';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { RoomLog } from '../room/room-log.js';
import { ROOM_LOG } from '../room/room-log.token.js';

/** No user can have this name: it begins with a character that names may not contain. */
const announcer = '* todo';

/** Tells the room `lobby` who finished a todo, never which. */
@Controller()
export class TodoAnnouncements {
  constructor(@Inject(ROOM_LOG) private readonly log: RoomLog) {}

  @EventPattern('todo.completed')
  async completed(@Payload() event: EventOf<'todo.completed'>): Promise<void> {
    // The log knows a message by its client id: an event that comes twice is announced once.
    const text = `${event.data.name} finished a todo`;
    await this.log.append('lobby', { userId: announcer, from: announcer, text, clientId: event.id });
  }
}
