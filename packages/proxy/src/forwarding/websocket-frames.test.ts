import { expect, test } from '@jest/globals';
import { serviceRestartFrame, WebSocketFrames } from './websocket-frames.js';

function frame(length: number, masked: boolean): Buffer {
  const size =
    length < 126
      ? [length]
      : length < 65_536
        ? [126, length >> 8, length & 255]
        : [127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255];
  const [first = 0, ...rest] = size;
  const mask = masked ? [1, 2, 3, 4] : [];
  return Buffer.concat([
    Buffer.from([0x82, first | (masked ? 0x80 : 0), ...rest, ...mask]),
    Buffer.alloc(length, 0x88),
  ]);
}

test('the end of every frame is found, however the bytes are cut', () => {
  const frames = [0, 1, 125, 126, 300, 65_536, 70_000].flatMap((length) => [frame(length, false), frame(length, true)]);
  const all = Buffer.concat(frames);
  const ends = new Set<number>();
  let sum = 0;
  for (const one of frames) {
    sum += one.length;
    ends.add(sum);
  }
  let mistakes = 0;
  for (const step of [1, 3, 7, 1000, all.length]) {
    const reader = new WebSocketFrames();
    for (let at = 0; at < all.length; at += step) {
      const to = Math.min(all.length, at + step);
      const boundary = reader.feed(all, at, to);
      if (boundary > at && !ends.has(boundary)) mistakes++;
      if (reader.atBoundary !== ends.has(to)) mistakes++;
    }
  }
  expect(mistakes).toBe(0);
});

test('the close frame says 1012', () => {
  expect(serviceRestartFrame.readUInt16BE(2)).toBe(1012);
});
