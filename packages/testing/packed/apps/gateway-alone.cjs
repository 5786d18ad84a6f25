// CommonJS that requires the packages, and imports them too: both ways give the same classes.
const { spawn } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { createProxy, ConfigError } = require('@holdfast/proxy');
const { addToOutbox, newEvent, Outbox } = require('@holdfast/events');
const { RedisStreamsTransport } = require('@holdfast/events/redis-streams');
require('@holdfast/events/kafka');
const { Redis } = require('ioredis');

async function main() {
  const imported = await import('@holdfast/proxy');
  if (imported.ConfigError !== ConfigError) throw new Error('require and import give two copies of the proxy');

  const server = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const upstreams = { app: { destinations: [{ id: 'app-1', url: `http://127.0.0.1:${server.address().port}` }] } };
  const routes = [{ path: '/', upstream: 'app' }];

  const proxy = createProxy({ listen: { port: 0 }, upstreams, routes });
  const { port } = await proxy.listen();
  const throughProxy = await ask(port);
  await proxy.close({ graceMs: 1000 });

  writeFileSync('gateway.json', JSON.stringify({ listen: { port: 0 }, admin: { port: 0 }, upstreams, routes }));
  const command = 'node_modules/.bin/holdfast-gateway';
  const gateway = spawn(process.execPath, [command, 'gateway.json'], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ready = await new Promise((resolve, reject) => {
    gateway.once('message', resolve);
    gateway.once('close', (code) => reject(new Error(`the gateway ended with ${code}`)));
  });
  const throughGateway = await ask(ready.port);
  gateway.kill('SIGTERM');
  await new Promise((resolve) => gateway.once('close', resolve));
  server.close();

  const redis = new Redis(process.argv[2]);
  const transport = new RedisStreamsTransport(redis, { prefix: 'stranger:' });
  let running;
  const handled = new Promise((resolve) => {
    const handle = async (event) => resolve(event.type);
    running = transport.subscribe({ group: 'mail', types: ['user.registered'], handle });
  });
  const event = newEvent('user.registered', { key: 'u1', data: { name: 'ada' } });
  await addToOutbox(redis.multi(), new Outbox(redis, 'stranger:'), event).exec();
  const type = await handled;
  console.log(`through the proxy: ${throughProxy}; through the gateway: ${throughGateway}; event: ${type}`);
  await (await running).close();
  redis.disconnect();
}

async function ask(port) {
  const response = await fetch(`http://127.0.0.1:${port}/`);
  return response.text();
}

void main();
