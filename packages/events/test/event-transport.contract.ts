import { randomUUID } from 'node:crypto';
import { waitFor as waitForLong } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type AnyEvent,
  type DeadLetters,
  type EventTransport,
  newEvent,
  type Running,
  type Subscription,
} from '../src/index.js';

export interface OpenTransport {
  /** Five tries, pauses of a millisecond. Each call stands for another process. */
  readonly transport: (options?: { readonly handlerTimeoutMs?: number }) => EventTransport;
  readonly deadLetters: DeadLetters;
  /** Puts JSON text into the outbox. */
  readonly publish: (text: string) => Promise<unknown>;
}

/** Consumers of a broker first agree on their partitions. */
const waitFor: typeof waitForLong = (condition) => waitForLong(condition, { timeoutMs: 40_000 });

/** The contract of every transport. */
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
    const never = () => new Promise<void>(() => undefined);
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

    test('gives a group every event in order, also those from before it started', async () => {
      const events = Array.from({ length: 30 }, () => todo());
      await publish(...events.slice(0, 20));
      const { seen } = await subscribe();
      await publish(...events.slice(20));
      await waitFor(() => seen.length === 30);
      expect(seen).toEqual(events.map(({ id }) => id));
    });

    test('gives each group all events, and each event to one consumer of a group', async () => {
      const [one, two, other] = [await subscribe(), await subscribe(), await subscribe({ group: 'chat' })];
      const events = Array.from({ length: 20 }, () => todo());
      await publish(...events);
      await waitFor(() => one.seen.length + two.seen.length === 20 && other.seen.length === 20);
      expect(new Set([...one.seen, ...two.seen]).size).toBe(20);
    });

    test('handles the events of one key in order and one at a time, with any number of consumers in a group', async () => {
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
        // The id makes a second copy harmless.
        if (!finished.get(key)?.includes(id)) finished.get(key)?.push(id);
      };
      const first = await subscribe({ handle });
      for (const later of [1, 2, 3]) {
        for (let i = 0; i < 40; i++) {
          const event = todo(keys[i % keys.length]);
          expected.get(event.key)?.push(event.id);
          await publish(event);
        }
        // Consumers join while events are handled, and one leaves.
        if (later === 2) await first.close();
        else await subscribe({ handle });
      }
      await waitFor(() => [...finished.values()].flat().length === 120);
      expect(finished).toEqual(expected);
      expect(overlaps).toBe(0);
    });

    test('passes over other types and those of a newer release', async () => {
      const { seen, transport } = await subscribe();
      const wanted = todo();
      await publish(newEvent('user.registered', { key: 'ada', data: { name: 'ada' } }));
      await carried.publish(JSON.stringify({ ...todo(), version: 99 }));
      await publish(wanted);
      await waitFor(() => seen.length === 1);
      expect(seen).toEqual([wanted.id]);
      expect(transport.metrics().deadLettered).toBe(0);
    });

    test('tries a failed event again before it goes on', async () => {
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

    test('gives a poison event up after five tries, with the reason, and moves on', async () => {
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

    test('gives a replayed dead letter to its group only', async () => {
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

    test('gives up a text that is not an event', async () => {
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

    test('finishes the events in hand when it closes, and leaves the rest to other consumers', async () => {
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

    test('C2: a handler that never returns stops no other key in any process, and lag counts its event', async () => {
      // A set: an event may come twice.
      const seen = new Set<string>();
      const handle = async ({ id, key }: AnyEvent) => {
        if (key === 'hung') await never();
        seen.add(id);
      };
      // Its limit is not over before the end of the test.
      const [one, two] = [
        carried.transport({ handlerTimeoutMs: 5_000 }),
        carried.transport({ handlerTimeoutMs: 5_000 }),
      ];
      await subscribe({ handle }, one);
      await subscribe({ handle }, two);
      await publish(todo('hung'));
      const before = Array.from({ length: 300 }, (_, n) => todo(`user-${n % 60}`));
      await publish(...before, todo('hung'));
      await waitFor(() => seen.size === before.length);
      // Later events pass the hung one too, not only those read together with it.
      const after = Array.from({ length: 300 }, (_, n) => todo(`user-${n % 60}`));
      await publish(...after);
      await waitFor(() => seen.size === before.length + after.length);
      const lag = () => one.metrics().lag + two.metrics().lag;
      await waitFor(() => lag() >= 2);
    });

    test('C2: as many hung keys as are handled at the same time stop the others for a second, not for the time limit', async () => {
      const seen = new Set<string>();
      await subscribe(
        {
          handle: async ({ id, key }) => {
            if (key.startsWith('hung')) await never();
            seen.add(id);
          },
        },
        carried.transport({ handlerTimeoutMs: 8_000 }),
      );
      await publish(...Array.from({ length: 100 }, (_, n) => todo(`hung-${n}`)));
      const others = Array.from({ length: 20 }, (_, n) => todo(`user-${n}`));
      const publishedAt = performance.now();
      await publish(...others);
      await waitFor(() => seen.size === others.length);
      expect(performance.now() - publishedAt).toBeLessThan(6_000);
    });

    test('C2: a try that takes longer than the time limit has failed, and after five the event is a dead letter', async () => {
      const [hung, behind] = [todo(), todo()];
      const signals: AbortSignal[] = [];
      const seen: string[] = [];
      const transport = carried.transport({ handlerTimeoutMs: 100 });
      await subscribe(
        {
          handle: async ({ id }, { signal }) => {
            if (id !== hung.id) return void seen.push(id);
            signals.push(signal);
            await never();
          },
        },
        transport,
      );
      await publish(hung, behind);
      await waitFor(() => seen.length === 1);
      expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true, true, true]);
      expect(await carried.deadLetters.list()).toMatchObject([
        { group: 'auth', reason: expect.stringContaining('did not finish within 100 ms') },
      ]);
      expect(transport.metrics()).toMatchObject({ retried: 4, deadLettered: 1 });
      await waitFor(() => transport.metrics().lag === 0);
    });

    test('C4: two thousand events of a hundred keys take a second or two, each key in its order', async () => {
      const handled = new Map<string, string[]>();
      const published = new Map<string, string[]>();
      const add = (map: Map<string, string[]>, { key, id }: AnyEvent) => map.set(key, [...(map.get(key) ?? []), id]);
      let count = 0;
      let [firstAt, lastAt] = [0, 0];
      const events = Array.from({ length: 2_000 }, (_, n) => todo(`user-${n % 100}`));
      for (const event of events) add(published, event);
      await Promise.all(events.map((event) => carried.publish(JSON.stringify(event))));
      await subscribe({
        handle: async (event) => {
          add(handled, event);
          lastAt = performance.now();
          if (count++ === 0) firstAt = lastAt;
        },
      });
      await waitFor(() => count === events.length);
      expect(handled).toEqual(published);
      expect(lastAt - firstAt).toBeLessThan(4_000);
    });

    test('C8: what is no event is listed once, cannot be replayed, and is gone when it is discarded', async () => {
      const { seen, close } = await subscribe();
      await carried.publish('{"half":');
      await carried.publish(JSON.stringify({ ...todo(), data: {} }));
      const wanted = todo();
      await publish(wanted);
      await waitFor(async () => (await carried.deadLetters.count()) === 2);
      const letters = await carried.deadLetters.list();
      for (const { id } of letters) await expect(carried.deadLetters.replay(id)).rejects.toThrow(/discard it/);
      expect(await carried.deadLetters.replayAll()).toEqual({ replayed: [], unreadable: 2, left: 0 });
      expect(await carried.deadLetters.discard(letters[0]?.id ?? '')).toBe(true);
      expect(await carried.deadLetters.discard(letters[0]?.id ?? '')).toBe(false);
      expect(await carried.deadLetters.discardUnreadable()).toBe(1);
      await waitFor(() => seen.length === 1);
      await close();
      // A consumer that joins later does not receive them again.
      const next = await subscribe();
      await publish(todo());
      await waitFor(() => next.seen.length === 1);
      expect(await carried.deadLetters.count()).toBe(0);
      expect(seen).toEqual([wanted.id]);
    });

    test('C8: 150 dead letters are listed in pages, and replayed in bounded steps', async () => {
      let mended = false;
      const seen = new Set<string>();
      await subscribe({
        handle: async ({ id }) => {
          if (!mended) throw new Error('broken');
          seen.add(id);
        },
      });
      const events = Array.from({ length: 150 }, (_, n) => todo(`user-${n}`));
      await publish(...events);
      await waitFor(async () => (await carried.deadLetters.count()) === 150);
      const pages = [await carried.deadLetters.list(60)];
      for (let page = pages[0]; page !== undefined && page.length > 0; ) {
        page = await carried.deadLetters.list(60, page.at(-1)?.id);
        pages.push(page);
      }
      expect(pages.map((page) => page.length)).toEqual([60, 60, 30, 0]);
      expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(150);
      expect(await carried.deadLetters.list()).toHaveLength(100);
      mended = true;
      const oldest = pages.flat().map(({ id }) => id);
      expect(await carried.deadLetters.replayAll(40)).toEqual({
        replayed: oldest.slice(0, 40),
        unreadable: 0,
        left: 110,
      });
      await waitFor(() => seen.size === 40);
      expect(await carried.deadLetters.replayAll()).toEqual({ replayed: oldest.slice(40), unreadable: 0, left: 0 });
      await waitFor(() => seen.size === 150);
      expect(await carried.deadLetters.count()).toBe(0);
    });
  });
}
