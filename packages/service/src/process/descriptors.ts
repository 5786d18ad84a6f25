import { readFileSync } from 'node:fs';

/** The fewest descriptors with which the code can be loaded. */
const LEAST = 128;
/** Descriptors that a process needs beside its connections: standard streams, Redis, files, timers of the runtime. */
export const RESERVED_DESCRIPTORS = 128;

/** The number of connections that a process with `limit` descriptors can hold. */
export function possibleConnections(limit: number): number {
  return limit - Math.min(RESERVED_DESCRIPTORS, Math.ceil(limit / 2));
}

/**
 * The number of descriptors that this process may open; undefined if the system does not tell. Node raises the soft limit to the
 * hard one.
 */
export function descriptorLimit(): number | undefined {
  const limit = readLimit();
  return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number.isInteger(Number(limit)) ? Number(limit) : undefined;
}

function readLimit(): string | undefined {
  if (process.platform !== 'linux') return softLimitOfReport();
  try {
    return /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

function softLimitOfReport(): string | undefined {
  const report = process.report?.getReport() as { userLimits?: { open_files?: { soft?: unknown } } } | undefined;
  const soft = report?.userLimits?.open_files?.soft;
  return soft === undefined ? undefined : String(soft);
}

/**
 * Ends the process with a sentence when it may open too few descriptors. Call it before loading anything else, because Node
 * reports code that it cannot open as missing.
 */
export function requireDescriptors(name: string): void {
  const limit = descriptorLimit();
  if (limit === undefined || limit >= LEAST) return;
  process.stderr.write(
    `${name} could not start. This process may open ${limit} files and needs ${LEAST} or more: raise the limit ` +
      '(ulimit -n 65536; LimitNOFILE=65536 in a systemd unit; --ulimit nofile=65536 for a container).\n',
  );
  process.exit(1);
}
