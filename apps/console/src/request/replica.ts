/** How many server colours the design has; further replicas start over. */
const REPLICA_COLOURS = 6;

/** The number of a replica: `auth-2` → 2. Undefined for an id without one. */
export function replicaNumber(destination: string | null): number | undefined {
  const digits = /-(\d{1,4})$/.exec(destination ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Which server colour a destination has, 1 to 6; 0 when no destination answered. The same replica always has the same one. */
export function replicaColour(destination: string | null): number {
  if (destination === null) return 0;
  const number = replicaNumber(destination);
  return number === undefined ? REPLICA_COLOURS : ((Math.max(number, 1) - 1) % REPLICA_COLOURS) + 1;
}
