/** `length` bytes that depend on `seed` and on their place, so that lost, doubled and mixed-up bytes all show. */
export function bytesOf(seed, length) {
  const bytes = Buffer.allocUnsafe(length);
  let state = (seed * 2_654_435_761) >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
