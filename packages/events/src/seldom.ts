const repeatAfterMs = 30_000;
const mostRemembered = 100;

/** Tells the same at most every 30 s: while a broker is away every attempt says it again. Numbers make no difference. */
export function seldom(report: (error: unknown) => void): (error: unknown) => void {
  const toldAt = new Map<string, number>();
  return (error) => {
    const text = String(error).replaceAll(/\d+/g, '');
    const now = performance.now();
    if (now - (toldAt.get(text) ?? Number.NEGATIVE_INFINITY) < repeatAfterMs) return;
    if (toldAt.size >= mostRemembered) toldAt.clear();
    toldAt.set(text, now);
    report(error);
  };
}
