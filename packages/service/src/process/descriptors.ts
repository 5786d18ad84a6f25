import { readFileSync } from 'node:fs';

/** Fewer descriptors than this are not even enough to load the code. */
const LEAST = 128;
/** What a process needs beside its connections: standard streams, Redis, files, timers of the runtime. */
export const RESERVED_DESCRIPTORS = 128;

/** How many connections a process can hold that may open `limit` descriptors. */
export function possibleConnections(limit: number): number {
  return limit - Math.min(RESERVED_DESCRIPTORS, Math.ceil(limit / 2));
}

/** How many descriptors this process may open; undefined where the system does not say. Node raises the soft limit to the hard one. */
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
 * Ends the process with a sentence when it may open too few descriptors. To be called before anything else is loaded: code that
 * cannot be opened is reported as missing.
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
