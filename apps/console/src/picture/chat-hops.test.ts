import { describe, expect, test } from '@jest/globals';
import { chatHops, hopsText } from './chat-hops.js';

const counts = (servers: Record<string, readonly [said: number | null, heard: number | null]>) =>
  new Map(
    Object.entries(servers).map(
      ([id, [said, heard]]) => [`here/${id}`, { id, held: 0, cached: 0, said, heard }] as const,
    ),
  );

describe('hops of a chat message', () => {
  test('go from the server that took it to every server that wrote it to members', () => {
    const hops = chatHops(
      counts({ 'chat-1': [4, 9], 'chat-2': [0, 3], 'chat-3': [1, 1] }),
      counts({ 'chat-1': [5, 10], 'chat-2': [0, 4], 'chat-3': [1, 1] }),
    );
    expect(hops).toEqual({ published: ['here/chat-1'], delivered: ['here/chat-1', 'here/chat-2'] });
    expect(hopsText(hops)).toBe('Chat message: PUBLISH from chat-1, SUBSCRIBE to chat-1, chat-2');
  });

  test('are not told of a server that is new, began anew, or does not say', () => {
    const before = counts({ 'chat-1': [4, 9], 'chat-2': [null, null] });
    const now = counts({ 'chat-1': [0, 0], 'chat-2': [7, 7], 'chat-3': [2, 2] });
    expect(hopsText(chatHops(before, now))).toBeNull();
  });

  test('are unknown in part where only one end was seen', () => {
    expect(hopsText({ published: ['a/chat-1', 'b/chat-1'], delivered: [] })).toBe(
      'Chat message: PUBLISH from chat-1, SUBSCRIBE not seen yet',
    );
  });
});
