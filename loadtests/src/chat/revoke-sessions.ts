import { once } from 'node:events';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { RunningSystem } from '../systems/running-system.js';

/** The size of the measurement. */
export interface RevocationDose {
  /** Users with an open chat socket, spread over all chat instances. */
  readonly sockets: number;
  /** The number of those users who lose their session, one after the other. */
  readonly revocations: number;
}

/** Milliseconds, sorted. */
export interface RevocationTimes {
  /** The times from the request that ends a session to 401 on every instance of every service. */
  readonly refused: readonly number[];
  /** The times from the request to the closed socket, code 4401. */
  readonly closed: readonly number[];
}

const PASSWORD = 'correct horse battery';
const AT_ONCE = 8;
const ROOMS = 50;
const devices = z.object({ sessions: z.array(z.object({ id: z.string(), current: z.boolean() })) });
/** A path of each service that needs a session. */
const privatePaths: Record<string, string> = { auth: '/auth/me', todo: '/todos', chat: '/chat/rooms/lobby/presence' };

/**
 * Real services, each asked at its own port: users end one of their two sessions from the other, as after the theft of a
 * phone. Expects the fleet of `round-robin-cached` with enough registrations allowed.
 */
export async function revokeSessions(system: RunningSystem, dose: RevocationDose): Promise<RevocationTimes> {
  const instances = (await system.processes()).filter(({ app }) => app in privatePaths);
  const urls = (app: string) =>
    instances.filter((each) => each.app === app).map(({ port }) => `http://127.0.0.1:${port}`);
  const [auth = ''] = urls('auth');
  const chats = urls('chat');

  const names = Array.from({ length: dose.sockets }, (_, n) => `revoked-${n}`);
  const victims = await inParallel(names, async (username, n) => {
    const cookie = await signIn(auth, 'register', username);
    return { username, cookie, socket: await openSocket(chats[n % chats.length] ?? '', cookie, `room-${n % ROOMS}`) };
  });
  const refused: number[] = [];
  const closed: number[] = [];
  for (const { username, cookie, socket } of victims.slice(0, dose.revocations)) {
    const other = await signIn(auth, 'login', username);
    const listed = await fetch(`${auth}/auth/sessions`, { headers: { cookie: other } });
    const id = devices.parse(await listed.json()).sessions.find(({ current }) => !current)?.id ?? '';
    const places = instances.map(({ app, port }) => `http://127.0.0.1:${port}${privatePaths[app]}`);
    // Every instance has the session in its near cache.
    for (const place of places) await expectStatus(place, cookie, 200);

    const startedAt = performance.now();
    const closing = once(socket, 'close').then(([code]) => {
      closed.push(performance.now() - startedAt);
      if (code !== 4401) throw new Error(`a revoked session's socket was closed with ${code}`);
    });
    const ended = fetch(`${auth}/auth/sessions/${id}`, { method: 'DELETE', headers: { cookie: other } });
    await Promise.all(places.map((place) => untilRefused(place, cookie)));
    refused.push(performance.now() - startedAt);
    await closing;
    if ((await ended).status !== 204) throw new Error(`ending a session answered ${(await ended).status}`);
  }
  for (const { socket } of victims) socket.terminate();
  const sorted = (times: readonly number[]) => [...times].sort((a, b) => a - b);
  return { refused: sorted(refused), closed: sorted(closed) };
}

async function signIn(auth: string, how: 'register' | 'login', username: string): Promise<string> {
  const answer = await fetch(`${auth}/auth/${how}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD }),
  });
  const [cookie] = answer.headers.getSetCookie();
  if (!answer.ok || cookie === undefined) throw new Error(`${how} answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
  return cookie.split(';')[0] ?? '';
}

async function openSocket(url: string, cookie: string, room: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/chat/socket`, { headers: { cookie, origin: url } });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'join', room }));
  // The library answers pings of the server; other messages are not looked at.
  socket.on('error', () => undefined);
  return socket;
}

async function untilRefused(place: string, cookie: string): Promise<void> {
  while ((await statusOf(place, cookie)) !== 401);
}

async function expectStatus(place: string, cookie: string, expected: number): Promise<void> {
  const status = await statusOf(place, cookie);
  if (status !== expected) throw new Error(`${place} answered ${status}, not ${expected}`);
}

async function statusOf(place: string, cookie: string): Promise<number> {
  const answer = await fetch(place, { headers: { cookie } });
  await answer.arrayBuffer();
  return answer.status;
}

/** Does the work on each item, a few at a time, and keeps their order. */
async function inParallel<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  const queue = items.entries();
  const drain = async () => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, drain));
  return results;
}
