/**
 * Whether an answer speaks against the destination that gave it: a 5xx, but not one about the request itself (501, 505), and not a
 * 503 that says when to come back, which is a considered answer. `headText` is its head.
 */
export function isFailingAnswer(status: number, headText: string): boolean {
  if (status < 500 || status === 501 || status === 505) return false;
  return status !== 503 || !/\r\nretry-after:/i.test(headText);
}
