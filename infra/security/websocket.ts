import { describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { type Client, until } from './clients.js';
import type { Target } from './target.js';

const SOCKET = '/chat/socket';

/** Lines 44 to 50. */
export function webSocket(target: () => Target): void {
  const client = (): Client => target().client;

  /** An open socket, the frames that came and its close code. */
  async function open(cookie: string) {
    const socket = new WebSocket(client().url.replace('http', 'ws') + SOCKET, {
      headers: { cookie, origin: client().url },
    });
    const frames: { type: string; code?: string; text?: string }[] = [];
    const state = { closed: 0 };
    socket.on('message', (text) => frames.push(JSON.parse(String(text))));
    socket.on('close', (code) => {
      state.closed = code;
    });
    socket.on('error', () => undefined);
    await until('the socket is open', () => socket.readyState === WebSocket.OPEN);
    return { socket, frames, state, send: (frame: object) => socket.send(JSON.stringify(frame)) };
  }

  describe('a WebSocket', () => {
    test('44: from a foreign, null or missing origin gets 403 before the 101', async () => {
      const { cookie } = await client().register();
      for (const origin of [['Origin: https://evil.example'], ['Origin: null'], []]) {
        expect(await client().upgrade(SOCKET, [...origin, `Cookie: ${cookie}`])).toBe(403);
      }
      expect(await client().upgrade(SOCKET, [`Origin: ${client().url}`, `Cookie: ${cookie}`])).toBe(101);
    });

    test('45: without a session, or with one that ended, gets 401 before the 101', async () => {
      const { cookie } = await client().register();
      await client().send('POST', '/auth/logout', { cookie });
      for (const lines of [[], [`Cookie: ${cookie}`], ['Cookie: hf_sid=s%3Ainvented.x']]) {
        expect(await client().upgrade(SOCKET, [`Origin: ${client().url}`, ...lines])).toBe(401);
      }
    });

    test('46: is closed with 4401 within a second of the end of its session, on every instance', async () => {
      const { cookie } = await client().register();
      const sockets = [await open(cookie), await open(cookie), await open(cookie), await open(cookie)];
      const began = performance.now();
      await client().send('POST', '/auth/logout', { cookie });
      await until('all are closed', () => sockets.every(({ state }) => state.closed !== 0));
      expect(performance.now() - began).toBeLessThan(1_000);
      expect(sockets.map(({ state }) => state.closed)).toEqual([4401, 4401, 4401, 4401]);
    });

    test('47: is closed with 1009 for a large frame, and slowed down after a hundred in a minute, also over two sockets', async () => {
      const large = await open((await client().register()).cookie);
      large.socket.send('x'.repeat(65_537));
      await until('it is closed', () => large.state.closed !== 0);
      expect(large.state.closed).toBe(1009);
      const { cookie } = await client().register();
      const pair = [await open(cookie), await open(cookie)];
      for (let n = 0; n < 120; n++) pair[n % 2]?.send({ type: 'leave', room: `r${n}` });
      await until('one is slowed down', () => {
        // The two may be on two instances, which share their counts in a moment.
        for (const { send } of pair) send({ type: 'leave', room: 'r' });
        return pair.some(
          ({ state, frames }) => state.closed === 1008 && frames.some(({ code }) => code === 'throttled'),
        );
      });
      for (const { socket } of pair) socket.terminate();
    });

    test('48: that is reset during its upgrade ends no process', async () => {
      for (let n = 0; n < 100; n++) {
        const socket = await client().open();
        socket.on('error', () => undefined);
        socket.write(
          `GET ${SOCKET} HTTP/1.1\r\nHost: ${client().host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
            'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
        );
        socket.resetAndDestroy();
      }
      expect((await client().send('GET', '/auth/me')).status).toBe(401);
      expect(target().output()).not.toMatch(/ended unexpectedly/);
    });

    test('49: may write and read only in rooms that it joined', async () => {
      const { cookie } = await client().register();
      const { frames, send, socket } = await open(cookie);
      send({ type: 'send', room: 'secret', text: 'hello', clientId: 'a' });
      send({ type: 'history', room: 'secret' });
      await until('both are refused', () => frames.filter(({ code }) => code === 'not_joined').length === 2);
      socket.terminate();
    });

    test('50: carries text as it was written, and never as a page', async () => {
      const { cookie } = await client().register();
      const text = '<img src=x onerror=alert(1)>';
      const { frames, send, socket } = await open(cookie);
      send({ type: 'join', room: 'markup' });
      send({ type: 'send', room: 'markup', text, clientId: 'a' });
      await until('it arrives', () => JSON.stringify(frames).includes('onerror'));
      const answer = await client().send('GET', '/chat/rooms/markup/messages', { cookie });
      expect(JSON.parse(answer.text).messages.at(-1).text).toBe(text);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      socket.terminate();
    });
  });
}
