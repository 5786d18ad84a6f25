import { reportError } from './report-error.js';

/** Calls a callback of the application with an outcome. A mistake in it is reported; it does not end the process. */
export function callBack<Args extends unknown[]>(done: (...args: Args) => unknown, ...args: Args): void {
  try {
    done(...args);
  } catch (error) {
    reportError('A callback given to a session store failed', error);
  }
}
