import { useEffect, useState } from 'react';

/**
 * True once `value` has not changed for `quietMs`, and from then on until `subject` changes. The chat waits for it: a socket that connects in the middle of a journey
 * would take a turn of the round robin and change which server the next step meets.
 */
export function useSettled(value: number, quietMs: number, subject: string | null): boolean {
  const [settled, setSettled] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another subject has to settle anew
  useEffect(() => setSettled(false), [subject]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the value is what restarts the wait
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), quietMs);
    return () => clearTimeout(timer);
  }, [value, quietMs, subject]);
  return settled;
}
