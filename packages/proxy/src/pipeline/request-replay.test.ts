import { expect, test } from '@jest/globals';
import type { UpstreamConnection } from '../forwarding/upstream-connection.js';
import { RequestReplay } from './request-replay.js';

test('security check 38: a body that comes byte by byte is kept whole, in few parts', () => {
  const replay = new RequestReplay();
  replay.begin(true);
  const body = Buffer.from(Array.from({ length: 10_000 }, (_, i) => i % 256));
  for (let i = 0; i < body.length; i++) replay.keep(Buffer.from(body.subarray(i, i + 1)), 0, 1, false);
  const sent: Buffer[] = [];
  const connection = { sendBody: (bytes: Buffer) => sent.push(bytes) > 0 } as unknown as UpstreamConnection;
  replay.sendTo(connection);
  expect(Buffer.concat(sent).equals(body)).toBe(true);
  expect(sent.length).toBeLessThan(100);
});
