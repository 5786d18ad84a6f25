import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import type { WebSocket } from 'ws';
import { ChatCounts } from '../chat-counts.js';
import { ChatSocket } from './chat-socket.js';
import { MessageRate } from './message-rate.js';

class FakeWebSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  pings = 0;
  readonly sent: string[] = [];
  readonly wire = new Writable({
    write: (chunk, _encoding, done) => {
      this.sent.push(String(chunk));
      done();
    },
  });
  ping(): void {
    this.pings++;
  }
  send(text: string): void {
    this.sent.push(text);
  }
  terminate(): void {
    this.readyState = 3;
  }
}

function setUp() {
  const socket = new FakeWebSocket();
  const counts = new ChatCounts();
  const session = { user: { id: 'u1', name: 'ada' } } as never;
  return {
    socket,
    counts,
    chat: new ChatSocket(socket as unknown as WebSocket, session, new MessageRate(100), counts, socket.wire),
  };
}

test('a reader that answers no ping is dropped after two missed ones', () => {
  const { socket, counts, chat } = setUp();
  for (let i = 0; i < 5; i++) {
    chat.ping();
    socket.emit('pong');
  }
  expect(socket.readyState).toBe(1);
  chat.ping();
  chat.ping();
  expect([socket.readyState, counts.dropped]).toEqual([1, 0]);
  chat.ping();
  expect([socket.readyState, counts.dropped]).toEqual([3, 1]);
});

test('a reader with too much unread is dropped before the server keeps more for it', () => {
  const { socket, counts, chat } = setUp();
  socket.bufferedAmount = 1_048_576;
  chat.sendPrepared(Buffer.from('still fits'));
  socket.bufferedAmount++;
  chat.sendPrepared(Buffer.from('too much'));
  expect([socket.sent, socket.readyState, counts.dropped]).toEqual([['still fits'], 3, 1]);
});

test('frames are handled one after the other, and not at all once the socket closes', async () => {
  const { socket, chat } = setUp();
  const done: string[] = [];
  let finishFirst: () => void = () => undefined;
  const first = chat.inTurn(async () => {
    await new Promise<void>((resolve) => {
      finishFirst = resolve;
    });
    done.push('first');
  });
  const second = chat.inTurn(async () => void done.push('second'));
  await Promise.resolve();
  const third = chat.inTurn(async () => void done.push('third'));
  finishFirst();
  await first;
  await second;
  socket.readyState = 2;
  const fourth = chat.inTurn(async () => void done.push('fourth'));
  await Promise.all([third, fourth]);
  expect(done.slice(0, 2)).toEqual(['first', 'second']);
  expect(done).not.toContain('fourth');
});
