/** A small, seeded generator (mulberry32): the same seed gives the same run on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** As many different client addresses, from the block for benchmarks (RFC 2544, 198.18.0.0/15). */
export function clientAddresses(count: number, seed: number): string[] {
  const random = seededRandom(seed);
  const addresses = new Set<string>();
  const byte = (): number => Math.floor(random() * 256);
  while (addresses.size < count) addresses.add(`198.${18 + Math.floor(random() * 2)}.${byte()}.${byte()}`);
  return [...addresses];
}
