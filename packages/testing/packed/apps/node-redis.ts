import { createClient, createCluster } from 'redis';

/** The application's own client, as in the documentation of node-redis. */
export async function connect() {
  const urls = (process.env.REDIS_URLS ?? '').split(',');
  if (urls.length > 1) {
    const cluster = createCluster({ rootNodes: urls.map((url) => ({ url })) });
    await cluster.connect();
    return cluster;
  }
  const client = createClient({ url: urls[0] ?? '' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
