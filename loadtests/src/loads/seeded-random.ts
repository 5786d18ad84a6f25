// Jest looks up a global anew at every use: with `Math.imul` in the loop the planner's tests take twice as long.
const { imul } = Math;

/** A small, seeded generator (mulberry32): the same seed gives the same run on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = imul(t ^ (t >>> 15), t | 1);
    t ^= t + imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
