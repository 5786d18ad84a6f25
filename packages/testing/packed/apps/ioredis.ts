import { Cluster, Redis } from 'ioredis';

/** The application's own client, as in the documentation of ioredis. */
export async function connect(): Promise<Redis | Cluster> {
  const urls = (process.env.REDIS_URLS ?? '').split(',');
  return urls.length > 1 ? new Cluster(urls) : new Redis(urls[0] ?? '');
}
