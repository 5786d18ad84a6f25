import type { EventOf } from '@holdfast/events';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { RoomLog } from '../room/room-log.js';
import { ROOM_LOG } from '../room/room-log.token.js';

/** No user can have this name: it begins with a character that names may not contain. */
const ANNOUNCER = '* todo';
/** An event older than this is not announced. Kafka keeps events as long by default. */
const NEWS_SECONDS = 7 * 86_400;
/** How far the clock that wrote the event's time may be ahead of ours. */
const CLOCK_SKEW_SECONDS = 86_400;

/**
 * Announces in the room `lobby` the name of a user who finished a todo, never the todo. It announces an event at most once, even
 * if the event comes again or late: the log recognises an event for longer than the event may be announced.
 */
@Controller()
export class TodoAnnouncements {
  constructor(@Inject(ROOM_LOG) private readonly log: RoomLog) {}

  @EventPattern('todo.completed')
  async completed(@Payload() event: EventOf<'todo.completed'>): Promise<void> {
    if (Date.now() - Date.parse(event.occurredAt) > NEWS_SECONDS * 1000) return;
    await this.log.append('lobby', {
      userId: ANNOUNCER,
      from: ANNOUNCER,
      text: `${event.data.name} finished a todo`,
      clientId: event.id,
      recognisedSeconds: NEWS_SECONDS + CLOCK_SKEW_SECONDS,
    });
  }
}
