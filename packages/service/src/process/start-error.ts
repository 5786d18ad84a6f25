/** A service cannot start, for a reason that its operator can mend: the message says how, and no stack is printed with it. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
