const REPEAT_AFTER_MS = 30_000;
const MOST_REMEMBERED = 100;

/**
 * Reports the same error at most every 30 s, because in an outage every attempt fails with it. Errors that differ only in numbers
 * count as the same.
 */
export function seldom(report: (error: unknown) => void): (error: unknown) => void {
  const reportedAt = new Map<string, number>();
  return (error) => {
    const text = String(error).replaceAll(/\d+/g, '');
    const now = performance.now();
    if (now - (reportedAt.get(text) ?? Number.NEGATIVE_INFINITY) < REPEAT_AFTER_MS) return;
    if (reportedAt.size >= MOST_REMEMBERED) reportedAt.clear();
    reportedAt.set(text, now);
    report(error);
  };
}
