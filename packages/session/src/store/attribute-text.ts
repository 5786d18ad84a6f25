import { SessionValueError } from '../errors/session-error.js';
import type { Serializer } from './serializer.js';

/** Longest stored form of one attribute. A longer one would block Redis for all clients, and the connection may not survive it. */
export const MAX_ATTRIBUTE_CHARACTERS = 16_777_216;

/**
 * The stored form of one attribute. Undefined for a value that is no attribute: like JSON.stringify of a whole session, this drops
 * undefined, functions and symbols. Throws `SessionValueError` for every other value that cannot be stored.
 */
export function storedText(values: Record<string, unknown>, name: string, serializer: Serializer): string | undefined {
  try {
    const value = values[name];
    if (value === undefined) return undefined;
    refusePromise(value, 'it is a promise; await it first');
    const text: unknown = serializer.stringify(value);
    if (text === undefined) return undefined;
    refusePromise(text, 'the serializer returned a promise; it must return a string');
    if (typeof text !== 'string')
      throw new TypeError(`the serializer returned a ${typeof text}; it must return a string`);
    if (text.length <= MAX_ATTRIBUTE_CHARACTERS) return text;
    throw new RangeError(`its ${text.length} characters are more than the limit of ${MAX_ATTRIBUTE_CHARACTERS}`);
  } catch (error) {
    throw new SessionValueError(name, error);
  }
}

function refusePromise(value: unknown, mistake: string): void {
  if (typeof value !== 'object' || value === null || typeof (value as PromiseLike<unknown>).then !== 'function') return;
  // The promise's failure belongs to this mistake, which is reported. Unhandled, it would end the process.
  Promise.resolve(value).catch(() => undefined);
  throw new TypeError(mistake);
}
