import { SessionConfigError } from '../errors/session-error.js';
import type { RedisSessionStoreOptions } from './redis-session-store.js';

/** Throws `SessionConfigError` with every number of the options that Redis could not take. */
export function checkStoreOptions(options: Omit<RedisSessionStoreOptions, 'client'>): void {
  const { ttl, absoluteSeconds, commandTimeoutMs, scanCount } = options;
  const mistakes: string[] = [];
  const expect = (ok: boolean, mistake: string) => {
    if (!ok) mistakes.push(mistake);
  };
  expect(
    ttl === undefined || typeof ttl === 'function' || isPositive(ttl),
    `ttl: ${String(ttl)}; it must be a finite number of seconds greater than 0, or a function that returns one; for sessions that never expire use disableTTL`,
  );
  expect(
    absoluteSeconds === undefined || absoluteSeconds === 0 || isPositive(absoluteSeconds),
    'absoluteSeconds: must be a number greater than 0, or 0 for no limit',
  );
  expect(
    commandTimeoutMs === undefined || isPositive(commandTimeoutMs),
    'commandTimeoutMs: must be a number greater than 0',
  );
  expect(
    scanCount === undefined || (Number.isInteger(scanCount) && scanCount > 0),
    'scanCount: must be a whole number greater than 0',
  );
  if (mistakes.length > 0) throw new SessionConfigError(mistakes);
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
