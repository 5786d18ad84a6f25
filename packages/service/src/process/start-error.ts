/** A service cannot start for a reason that its operator can mend. The message says how, and is printed without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
