import { newEvent } from '@holdfast/events';
import { expect, test } from '@jest/globals';
import type { NewMessage, RoomLog } from '../room/room-log.js';
import { TodoAnnouncements } from './todo-announcements.consumer.js';

const daySeconds = 86_400;

function setUp() {
  const appended: NewMessage[] = [];
  const log = { append: async (_room: string, message: NewMessage) => ({ offset: appended.push(message) }) };
  const announcements = new TodoAnnouncements(log as unknown as RoomLog);
  const completed = (ageSeconds: number) => {
    const event = newEvent('todo.completed', { key: 'u1', data: { todoId: 't1', name: 'ada' } });
    const occurredAt = new Date(Date.now() - ageSeconds * 1000).toISOString();
    return announcements.completed({ ...event, occurredAt });
  };
  return { appended, completed };
}

test('C5: an announcement is recognised for longer than its event is announced at all', async () => {
  const { appended, completed } = setUp();
  await completed(6 * daySeconds);
  expect(appended[0]?.recognisedSeconds).toBeGreaterThan(7 * daySeconds);
});

test('C5: an event that is given again after everything has forgotten it is no news', async () => {
  const { appended, completed } = setUp();
  await completed(8 * daySeconds);
  expect(appended).toEqual([]);
});
