const { imul } = Math;

/** Spreads 32 bits over 32 bits (MurmurHash3's finaliser); the result is unsigned. */
export function mix32(value: number): number {
  let hash = value | 0;
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** 32-bit hash of a text: FNV-1a, mixed. Stable across processes and releases; not for secrets. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix32(hash);
}
