import { seededRandom } from './seeded-random.js';

/** The given number of different client addresses, from the block for benchmarks (RFC 2544, 198.18.0.0/15). */
export function clientAddresses(count: number, seed: number): string[] {
  const random = seededRandom(seed);
  const addresses = new Set<string>();
  const byte = (): number => Math.floor(random() * 256);
  while (addresses.size < count) addresses.add(`198.${18 + Math.floor(random() * 2)}.${byte()}.${byte()}`);
  return [...addresses];
}
