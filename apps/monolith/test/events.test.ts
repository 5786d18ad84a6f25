import { type RunningService, readConfig, startService } from '@holdfast/service';
import { obtainKafka, startRedis, type TestKafka, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { monolithEnv, monolithService } from '../src/index.js';

const startKafka = await obtainKafka();
/** The second is skipped, with a loud line, without a broker. */
const carriers = startKafka === undefined ? ['Redis Streams'] : ['Redis Streams', 'Kafka'];

describe.each(carriers)('events by %s', (carrier) => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let kafka: TestKafka | undefined;
  let services: RunningService[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    kafka = carrier === 'Kafka' ? await startKafka?.() : undefined;
    const result = readConfig(monolithEnv, {
      REDIS_URL: redis.url,
      PORT: '0',
      LOG_LEVEL: 'silent',
      SESSION_SECRETS: 'a-secret-of-enough-length',
      SHUTDOWN_DRAIN_MS: '0',
      SESSION_STORE: 'cached',
      TODO_STORE: 'redis',
      ...(kafka && { KAFKA_BROKERS: kafka.brokers }),
    });
    if (!result.ok) throw new Error(result.problems.join('\n'));
    const { config } = result;
    services = await Promise.all([startService(monolithService(config)), startService(monolithService(config))]);
  }, 120_000);
  afterAll(async () => {
    await Promise.all(services.map((service) => service.close()));
    await Promise.all([redis.stop(), kafka?.stop()]);
  }, 60_000);

  test('a finished todo is announced in the lobby once, without its title, and is in the activity of its user', async () => {
    const url = services[0]?.url ?? '';
    const send = async (method: string, path: string, cookie: string, body?: unknown) =>
      fetch(`${url}${path}`, {
        method,
        headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const account = { username: 'ada', password: 'correct horse battery' };
    const registered = await send('POST', '/auth/register', '', account);
    const cookie = registered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const finish = async (title: string) => {
      const { id } = (await (await send('POST', '/todos', cookie, { title })).json()) as { id: string };
      // The user ticks it off twice, and it finishes once.
      await send('PATCH', `/todos/${id}`, cookie, { done: true });
      await send('PATCH', `/todos/${id}`, cookie, { done: true });
    };
    const lobby = async () => {
      const answer = await send('GET', '/chat/rooms/lobby/messages', cookie);
      return ((await answer.json()) as { messages: Array<{ from: string; text: string }> }).messages;
    };
    await finish('secret plans');
    await finish('more of them');
    await waitFor(async () => (await lobby()).length >= 2, { timeoutMs: 40_000 });
    const announced = { from: '* todo', text: 'ada finished a todo' };
    expect(await lobby()).toMatchObject([announced, announced]);

    const types = await waitFor(
      async () => {
        const answer = await send('GET', '/auth/activity', cookie);
        const { activity } = (await answer.json()) as { activity: Array<{ type: string }> };
        const fromTodo = activity.map(({ type }) => type).filter((type) => type.startsWith('todo.'));
        return fromTodo.length >= 5 && fromTodo;
      },
      { timeoutMs: 40_000 },
    );
    // The third is the first todo of a new user.
    expect([...types].sort()).toEqual(['todo.added', 'todo.added', 'todo.added', 'todo.completed', 'todo.completed']);
  });
});
