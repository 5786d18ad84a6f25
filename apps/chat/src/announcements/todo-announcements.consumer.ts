import type { EventOf } from '@holdfast/events';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { RoomLog } from '../room/room-log.js';
import { ROOM_LOG } from '../room/room-log.token.js';

/** No user can have this name: it begins with a character that names may not contain. */
const ANNOUNCER = '* todo';
/** An event older than this is not announced. Kafka keeps events as long by default. */
const NEWS_SECONDS = 7 * 86_400;
/** The machine that wrote the time of the event may be this far ahead of ours. */
const CLOCK_SKEW_SECONDS = 86_400;

/**
 * Announces in the room `lobby` who finished a todo, never which one. An event is announced at most once, however often and late it is
 * delivered: the log recognises it for longer than its age allows an announcement.
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
