import type { ServerFrame } from '@holdfast/contracts';
import { describe, expect, test } from '@jest/globals';
import { afterChat, afterClose, type ChatEvent, chatOff, reconnectDelayMs } from './chat-state.js';

const message = (offset: number) => ({
  offset,
  id: `m${offset}`,
  from: 'ada',
  text: `text ${offset}`,
  at: '2026-11-21T00:00:00.000Z',
});
const joined = (recovered: boolean, ...offsets: number[]): ServerFrame => ({
  type: 'joined',
  room: 'lobby',
  epoch: 'e1',
  offset: offsets.at(-1) ?? 0,
  recovered,
  messages: offsets.map(message),
});
const posted = (offset: number): ServerFrame => ({
  type: 'message',
  room: 'lobby',
  epoch: 'e1',
  message: message(offset),
});
const after = (...frames: ServerFrame[]) =>
  frames.map((frame): ChatEvent => ({ kind: 'frame', frame })).reduce(afterChat, chatOff);
const offsets = (...frames: ServerFrame[]) => after(...frames).messages.map(({ offset }) => offset);

describe('chat', () => {
  test('shows a message that comes twice once, and in order', () => {
    expect(offsets(joined(false, 1, 2), posted(4), posted(3), posted(4))).toEqual([1, 2, 3, 4]);
  });

  test('knows which message a server took last', () => {
    expect(chatOff.taken).toBeNull();
    expect(after({ type: 'sent', clientId: 'c-1', offset: 1 }).taken).toBe('c-1');
  });

  test('keeps what it has when a re-join recovers the rest', () => {
    expect(offsets(joined(false, 1, 2), joined(true, 3))).toEqual([1, 2, 3]);
  });

  test('says that something may be missing when a re-join could not recover', () => {
    const state = after(joined(false, 1, 2), joined(false, 9));
    expect(state.messages.map(({ offset }) => offset)).toEqual([9]);
    expect(state.notice).toMatch(/may be missing/);
  });

  test('has nothing to miss on the first join', () => {
    expect(after(joined(false, 5)).notice).toBeNull();
  });

  test('remembers the position to resume from', () => {
    expect(after(joined(false, 1), posted(2)).position).toEqual({ epoch: 'e1', offset: 2 });
  });

  test('does not come back after the session ended, and does after anything else', () => {
    expect(afterClose(4401).reconnect).toBe(false);
    for (const code of [1006, 1008, 1009, 1012]) expect(afterClose(code).reconnect).toBe(true);
  });

  test('waits longer with every attempt, at most 8 s, never the same for all', () => {
    expect(reconnectDelayMs(1, 0)).toBe(250);
    expect(reconnectDelayMs(2, 0)).toBe(500);
    expect(reconnectDelayMs(50, 1)).toBe(8000);
    expect(reconnectDelayMs(3, 0.1)).not.toBe(reconnectDelayMs(3, 0.9));
  });
});
