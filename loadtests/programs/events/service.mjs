/**
 * A minimal service: a request changes state and writes the event in one transaction, and a handler has its effect once. The lab's
 * `event-outage` runs it.
 */
import { createServer } from 'node:http';
import { addToOutbox, newEvent, Outbox } from '@holdfast/events';
import { KafkaTransport } from '@holdfast/events/kafka';
import { Redis } from 'ioredis';

const { REDIS_URL = '', KAFKA_BROKERS = '', KEY_PREFIX = '' } = process.env;
const redis = new Redis(REDIS_URL);
const outbox = new Outbox(redis, KEY_PREFIX);

/** KEYS: ids, handled of the key, counts. ARGV: id, number. */
const handleOnce = `
if redis.call('SADD', KEYS[1], ARGV[1]) == 0 then return redis.call('HINCRBY', KEYS[3], 'again', 1) end
redis.call('RPUSH', KEYS[2], ARGV[2])
return redis.call('HINCRBY', KEYS[3], 'handled', 1)`;

const transport = new KafkaTransport(redis, { prefix: KEY_PREFIX, brokers: KAFKA_BROKERS.split(',') });
const running = await transport.subscribe({
  group: 'bench',
  types: ['todo.added'],
  handle: async ({ id, key, data }) => {
    const keys = [`${KEY_PREFIX}ids`, `${KEY_PREFIX}handled:${key}`, `${KEY_PREFIX}counts`];
    await redis.eval(handleOnce, keys.length, ...keys, id, 'todoId' in data ? data.todoId : '');
  },
});

const server = createServer(async (req, res) => {
  const [, key = '', number = ''] = (req.url ?? '').split('/');
  const event = newEvent('todo.added', { key, data: { todoId: number, name: key } });
  const done = await addToOutbox(redis.multi().set(`${KEY_PREFIX}state:${key}`, number), outbox, event)
    .exec()
    .then(
      () => true,
      () => false,
    );
  res.writeHead(done ? 201 : 503).end();
});
// The load's connections may be idle for longer than the default of 5 s. A request on a connection that closes would count as failed.
server.keepAliveTimeout = 600_000;
server.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', async () => {
  server.close();
  server.closeAllConnections();
  await running.close();
  redis.disconnect();
});
