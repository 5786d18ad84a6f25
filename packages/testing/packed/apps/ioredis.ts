import { Cluster, Redis } from 'ioredis';

/** The application's own client, as its ioredis documentation says. */
export async function connect(): Promise<Redis | Cluster> {
  const urls = (process.env.REDIS_URLS ?? '').split(',');
  return urls.length > 1 ? new Cluster(urls) : new Redis(urls[0] ?? '');
}
