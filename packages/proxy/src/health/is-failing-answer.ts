/**
 * Whether an answer counts as a failure of the destination. A 5xx does, except 501 and 505, which are about the request, and
 * except a 503 with `Retry-After`, with which a healthy destination sheds load. `headText` is the head of the answer.
 */
export function isFailingAnswer(status: number, headText: string): boolean {
  if (status < 500 || status === 501 || status === 505) return false;
  return status !== 503 || !/\r\nretry-after:/i.test(headText);
}
