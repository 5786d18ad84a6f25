import { startRedis } from '@holdfast/testing';
import { countArm, TRANSPORT_NAMES } from './count-arm.js';
import { startServers } from './start-servers.js';

const SERVERS = 3;

/** Every combination of adapter, transport and routing, on three servers started for it. Yields each row as it is known. */
export async function* countAll(users) {
  const redis = await startRedis();
  try {
    for (const adapter of [false, true]) {
      const servers = await startServers(SERVERS, adapter ? redis.url : undefined);
      try {
        for (const transport of TRANSPORT_NAMES)
          for (const routing of ['round-robin', 'cookie']) {
            const arm = { transport, routing, users, destinations: servers.destinations };
            yield { adapter, transport, routing, ...(await countArm(arm)) };
          }
      } finally {
        await servers.stop();
      }
    }
  } finally {
    await redis.stop();
  }
}
