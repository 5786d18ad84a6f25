import { randomUUID } from 'node:crypto';
import { waitFor as waitForLong } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AnyEvent,
  type DeadLetters,
  type EventTransport,
  newEvent,
  type Running,
  type Subscription,
} from '../src/index.js';

export interface OpenTransport {
  /** Five tries, pauses of a millisecond. Each call is another process. */
  readonly transport: () => EventTransport;
  readonly deadLetters: DeadLetters;
  /** Puts JSON text into the outbox. */
  readonly publish: (text: string) => Promise<unknown>;
}

/** Consumers of a broker first agree on who reads what. */
const waitFor: typeof waitForLong = (condition) => waitForLong(condition, { timeoutMs: 40_000 });

/** What every transport promises. */
export function eventTransportContract(name: string, open: () => Promise<OpenTransport>): void {
  describe(`events by ${name}`, () => {
    let carried: OpenTransport;
    let running: Running[] = [];

    beforeEach(async () => {
      carried = await open();
    });
    afterEach(async () => {
      await Promise.all(running.map((each) => each.close()));
      running = [];
    });

    const todo = (key = 'ada') => newEvent('todo.added', { key, data: { todoId: randomUUID(), name: key } });
    const publish = async (...events: AnyEvent[]) => {
      for (const event of events) await carried.publish(JSON.stringify(event));
    };
    const subscribe = async (subscription: Partial<Subscription> = {}, transport = carried.transport()) => {
      const seen: string[] = [];
      const each = await transport.subscribe({
        group: 'auth',
        types: ['todo.added'],
        handle: async (event) => void seen.push(event.id),
        ...subscription,
      });
      running.push(each);
      return { seen, transport, close: () => each.close() };
    };

    it('gives a group every event in order, also those from before it started', async () => {
      const events = Array.from({ length: 30 }, () => todo());
      await publish(...events.slice(0, 20));
      const { seen } = await subscribe();
      await publish(...events.slice(20));
      await waitFor(() => seen.length === 30);
      expect(seen).toEqual(events.map(({ id }) => id));
    });

    it('gives each group all events, and each event to one consumer of a group', async () => {
      const [one, two, other] = [await subscribe(), await subscribe(), await subscribe({ group: 'chat' })];
      const events = Array.from({ length: 20 }, () => todo());
      await publish(...events);
      await waitFor(() => one.seen.length + two.seen.length === 20 && other.seen.length === 20);
      expect(new Set([...one.seen, ...two.seen]).size).toBe(20);
    });

    it('handles the events of one key in order and one at a time, however many consumers a group has', async () => {
      const keys = ['ada', 'bob', 'cyd', 'dan'];
      const expected = new Map<string, string[]>(keys.map((key) => [key, []]));
      const finished = new Map<string, string[]>(keys.map((key) => [key, []]));
      const inHand = new Set<string>();
      let overlaps = 0;
      const handle = async ({ id, key }: AnyEvent) => {
        if (inHand.has(key)) overlaps++;
        inHand.add(key);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
        inHand.delete(key);
        // Twice is once.
        if (!finished.get(key)?.includes(id)) finished.get(key)?.push(id);
      };
      const first = await subscribe({ handle });
      for (const later of [1, 2, 3]) {
        for (let i = 0; i < 40; i++) {
          const event = todo(keys[i % keys.length]);
          expected.get(event.key)?.push(event.id);
          await publish(event);
        }
        // Consumers come while events are handled, and one goes.
        if (later === 2) await first.close();
        else await subscribe({ handle });
      }
      await waitFor(() => [...finished.values()].flat().length === 120);
      expect(finished).toEqual(expected);
      expect(overlaps).toBe(0);
    });

    it('passes over other types and those of a newer release', async () => {
      const { seen, transport } = await subscribe();
      const wanted = todo();
      await publish(newEvent('user.registered', { key: 'ada', data: { name: 'ada' } }));
      await carried.publish(JSON.stringify({ ...todo(), version: 99 }));
      await publish(wanted);
      await waitFor(() => seen.length === 1);
      expect(seen).toEqual([wanted.id]);
      expect(transport.metrics().deadLettered).toBe(0);
    });

    it('tries again what failed, before it goes on', async () => {
      const [first, second] = [todo(), todo()];
      const tried: string[] = [];
      await subscribe({
        handle: async ({ id }) => {
          tried.push(id);
          if (tried.length < 3) throw new Error('not yet');
        },
      });
      await publish(first, second);
      await waitFor(() => tried.length === 4);
      expect(tried).toEqual([first.id, first.id, first.id, second.id]);
    });

    it('gives a poison event up after five tries, with the reason, and moves on', async () => {
      const [poison, healthy] = [todo(), todo()];
      let tries = 0;
      const seen: string[] = [];
      await subscribe({
        handle: async ({ id }) => {
          if (id === poison.id && ++tries > 0) throw new Error('cannot digest');
          seen.push(id);
        },
      });
      await publish(poison, healthy);
      await waitFor(() => seen.length === 1);
      expect(tries).toBe(5);
      const [letter] = await carried.deadLetters.list();
      expect(letter).toMatchObject({ group: 'auth', reason: 'cannot digest' });
      expect(JSON.parse(letter?.event ?? '')).toEqual(poison);
    });

    it('gives a replayed dead letter to its group only', async () => {
      let mended = false;
      const seen: string[] = [];
      await subscribe({
        handle: async ({ id }) => {
          if (!mended) throw new Error('broken');
          seen.push(id);
        },
      });
      const other = await subscribe({ group: 'chat' });
      const event = todo();
      await publish(event);
      const [letter] = await waitFor(async () => {
        const letters = await carried.deadLetters.list();
        return letters.length > 0 && letters;
      });
      mended = true;
      expect(await carried.deadLetters.replay(letter?.id ?? '')).toBe(true);
      await waitFor(() => seen.length === 1);
      expect(seen).toEqual([event.id]);
      await publish(todo());
      await waitFor(() => other.seen.length === 2);
      expect(await carried.deadLetters.list()).toEqual([]);
      expect(await carried.deadLetters.replay(letter?.id ?? '')).toBe(false);
      expect(await carried.deadLetters.replay('nonsense')).toBe(false);
    });

    it('gives up what is no event at all', async () => {
      const { seen } = await subscribe();
      await carried.publish('{"half":');
      await publish(todo());
      await waitFor(() => seen.length === 1);
      const [letter] = await waitFor(async () => {
        const letters = await carried.deadLetters.list();
        return letters.length > 0 && letters;
      });
      expect(letter?.reason).toMatch(/not an event/);
    });

    it('finishes what it started when it closes, and leaves the rest to others', async () => {
      let finish: () => void = () => undefined;
      const seen: string[] = [];
      const { close } = await subscribe({
        handle: async ({ id }) => {
          await new Promise<void>((resolve) => {
            finish = resolve;
          });
          seen.push(id);
        },
      });
      const events = [todo(), todo(), todo()];
      const before = finish;
      await publish(...events);
      await waitFor(() => finish !== before);
      const closed = close();
      finish();
      await closed;
      expect(seen).toEqual([events[0]?.id]);
      const next = await subscribe();
      await waitFor(() => next.seen.length === 2);
      expect(next.seen).toEqual(events.slice(1).map(({ id }) => id));
    });
  });
}
