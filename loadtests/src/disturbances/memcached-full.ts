import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { defineDisturbance, memcachedOf } from './disturbance.js';

/** Other entries, in all 90 MB for a cache of 64, of as many sizes as sessions have: Memcached evicts among entries of like size. */
const FILLERS = 150_000;
const LEAST_BYTES = 200;
const SIZES = 800;
const FILLERS_AT_ONCE = 5_000;
const PAUSE_MS = 60;

export default defineDisturbance<true>({
  id: 'memcached-full',
  title: 'Other data comes to Memcached, more than it has room for',
  needs: ['memcached'],
  options: z.literal(true, 'Write memcached-full: true.'),
  targets: () => [],
  async disturb(control) {
    const socket = connect(memcachedOf(control).port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      await fill(socket);
      if ((await evictions(socket)) === 0) throw new Error('Memcached had room for all of the other data');
    } finally {
      socket.destroy();
    }
  },
  heal: (control) => memcachedOf(control).restart(),
});

async function fill(socket: Socket): Promise<void> {
  for (let n = 0; n < FILLERS; n += FILLERS_AT_ONCE) {
    const sets = Array.from({ length: FILLERS_AT_ONCE }, (_, m) => {
      const bytes = LEAST_BYTES + (((n + m) * 37) % SIZES);
      return `set lab:filler:${n + m} 0 0 ${bytes} noreply\r\n${'x'.repeat(bytes)}\r\n`;
    });
    if (!socket.write(sets.join(''))) await once(socket, 'drain');
    await delay(PAUSE_MS);
  }
}

/** Entries that had to go so far, as Memcached counts them. */
async function evictions(socket: Socket): Promise<number> {
  socket.setEncoding('latin1').write('stats\r\n');
  let answer = '';
  for await (const text of socket as AsyncIterable<string>) {
    answer += text;
    if (answer.endsWith('END\r\n')) break;
  }
  return Number(/^STAT evictions (\d+)/m.exec(answer)?.[1] ?? 0);
}
