import { Command, Redis } from 'ioredis';
import type { TestRedisNode } from './start-redis-cluster.js';

/** Moves the slot of the key with its contents from its master to the next one, like an operator. */
export async function moveSlot(nodes: readonly TestRedisNode[], key: string): Promise<void> {
  const slot = new Command('get', [key]).getSlot();
  const masters = nodes.map(({ host, port }) => new Redis(port, host));
  try {
    const ids = await Promise.all(masters.map(async (master) => String(await master.call('CLUSTER', 'MYID'))));
    const owner = await ownerOf(masters, slot);
    const next = (owner + 1) % masters.length;
    const [from, to, target] = [masters[owner], masters[next], nodes[next]];
    if (from === undefined || to === undefined || target === undefined) throw new Error('there is no other master');
    await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', ids[owner] ?? '');
    await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', ids[next] ?? '');
    for (;;) {
      const keys = (await from.call('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[];
      if (keys.length === 0) break;
      await from.call('MIGRATE', target.host, target.port, '', 0, 5000, 'KEYS', ...keys);
    }
    for (const master of [to, from]) await master.call('CLUSTER', 'SETSLOT', slot, 'NODE', ids[next] ?? '');
  } finally {
    for (const master of masters) master.disconnect();
  }
}

/** Each master reports its own slots, because it knows those best. */
async function ownerOf(masters: readonly Redis[], slot: number): Promise<number> {
  const answers = await Promise.all(masters.map((master) => master.call('CLUSTER', 'NODES')));
  return answers.findIndex((text) => {
    const myself =
      String(text)
        .split('\n')
        .find((line) => line.includes('myself'))
        ?.split(' ')
        .slice(8) ?? [];
    return myself.some((range) => {
      const [first = -1, last = first] = range.split('-').map(Number);
      return first <= slot && slot <= last;
    });
  });
}
